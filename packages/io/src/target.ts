// Where a reader puts its numbers: memory that the caller gives, or new memory of the right type and size.
import { DTYPES, type Dtype, formatShape, MAX_ELEMENTS, type Shape, sizeOf, WeftError } from '@weft/core'
import { allocate, type StorageOf } from './allocate.ts'
import { tooLarge } from './io-error.ts'

export interface ReadOptions<D extends Dtype = 'float32'> {
  /**
   * The type to read as; 'float32' unless told. 'uint8' takes 8-bit unsigned numbers and booleans; 'int32' takes every
   * integer type and refuses a value that does not fit; floating point is read as float32 only.
   */
  dtype?: D | undefined
  /**
   * Asked once, after the file was found sound, for memory of exactly the shape's size: the numbers are written there and
   * the tensor is a view of it. It may be a view of a SharedArrayBuffer. When reading fails later, what it holds is undefined.
   */
  into?: ((shape: Shape) => StorageOf[D]) | undefined
}

/** @throws OPTION for a dtype that is none. */
export function dtypeOf<D extends Dtype>(options: ReadOptions<D>): D {
  const dtype = options.dtype ?? 'float32'
  if (!Object.hasOwn(DTYPES, dtype)) {
    throw new WeftError('OPTION', `dtype ${JSON.stringify(dtype)} is none; use ${Object.keys(DTYPES).join(', ')}`, { dtype })
  }
  return dtype as D
}

/** @throws OPTION when `into` gives something of another type or size, MEMORY when there is no room. */
export function targetFor<D extends Dtype>(
  shape: Shape,
  dtype: D,
  into: ((shape: Shape) => StorageOf[D]) | undefined,
): StorageOf[D] {
  const size = sizeOf(shape)
  if (into === undefined) return allocate(size, dtype)
  const target = into(shape)
  if (!(target instanceof DTYPES[dtype]) || target.length !== size) {
    const problem = `gave ${describe(target)} for shape ${formatShape(shape)}; ${size} numbers of ${dtype} are needed`
    throw new WeftError('OPTION', `into ${problem}`, { shape, dtype })
  }
  return target
}

/**
 * The number of elements of a shape from a file, whose sizes are whole numbers of 0 or more. A 0 does not excuse other sizes
 * whose product overflows. @throws TOO_LARGE past MAX_ELEMENTS.
 */
export function elementsOf(shape: Shape, label: string): number {
  const size = shape.reduce((product, extent) => product * (extent === 0 ? 1 : extent), 1)
  if (size > MAX_ELEMENTS) throw tooLarge(label, `shape ${formatShape(shape)} has ${size} elements; the limit is ${MAX_ELEMENTS}`)
  return shape.includes(0) ? 0 : size
}

function describe(target: unknown): string {
  return ArrayBuffer.isView(target) && 'length' in target ? `${target.constructor.name} of ${target.length}` : String(target)
}
