// A tensor as it lies in a file, and reading it: straight into its memory where the bytes are the numbers already.
import { type Dtype, type Shape, type Storage, sizeOf, Tensor, WeftError } from '@weft/core'
import { allocate, type StorageOf } from './allocate.ts'
import type { Bytes } from './bytes.ts'
import { ELEMENT_TYPES, type ElementKind, type ElementType, swapBytes } from './elements.ts'
import { dtypeOf, elementsOf, type ReadOptions, targetFor } from './target.ts'

export interface StoredTensor {
  /** For messages: the file, or the entry of the file. */
  readonly label: string
  readonly kind: ElementKind
  readonly bigEndian: boolean
  /** Whether the first index runs fastest. */
  readonly fortran: boolean
  readonly shape: Shape
  /** The byte of the file at which it begins; the caller has checked that all of it is inside. */
  readonly position: number
}

// A multiple of every element size. What is not read directly passes through one buffer of this size.
const CHUNK_BYTES = 2 ** 20

/**
 * @throws DTYPE when the elements cannot be read as the type asked for, TOO_LARGE past MAX_ELEMENTS, OPTION when `into` gives
 * the wrong memory.
 */
export async function readStored<D extends Dtype>(
  file: Bytes,
  stored: StoredTensor,
  options: ReadOptions<D>,
): Promise<Tensor<StorageOf[D]>> {
  const dtype = dtypeOf(options)
  const type = ELEMENT_TYPES[stored.kind]
  if (!type.readAs.includes(dtype)) {
    const { label, kind } = stored
    const problem = `its elements are ${kind} and cannot be read as ${dtype}; read them as ${type.readAs.join(' or ')}`
    throw new WeftError('DTYPE', `${label}: ${problem}`, { label, kind, dtype })
  }
  elementsOf(stored.shape, stored.label)
  const target = targetFor(stored.shape, dtype, options.into)
  const columns = stored.fortran && stored.shape.filter((extent) => extent !== 1).length > 1
  const direct = type.sameAs === dtype && !stored.bigEndian && !columns
  if (direct) await file.fill(target, stored.position)
  else await convert(file, stored, type, columns ? columnWriter(stored.shape, dtype, target) : rowWriter(target))
  return new Tensor(target, stored.shape)
}

/** Gives the memory to decode the next elements into, and puts them in their place once they are there. */
interface Writer {
  next(count: number): Storage
  done(values: Storage): void
}

async function convert(file: Bytes, stored: StoredTensor, type: ElementType, writer: Writer): Promise<void> {
  const total = sizeOf(stored.shape)
  const perChunk = Math.min(total, CHUNK_BYTES / type.bytes)
  const raw = new ArrayBuffer(perChunk * type.bytes)
  for (let begin = 0; begin < total; begin += perChunk) {
    const count = Math.min(perChunk, total - begin)
    const bytes = new Uint8Array(raw, 0, count * type.bytes)
    await file.fill(bytes, stored.position + begin * type.bytes)
    if (stored.bigEndian) swapBytes(bytes, type.bytes)
    const values = writer.next(count)
    type.decode(raw, values)
    writer.done(values)
  }
}

function rowWriter(target: Storage): Writer {
  let position = 0
  return {
    next: (count) => target.subarray(position, position + count),
    done: (values) => {
      position += values.length
    },
  }
}

// Walks the target in the order of the file, first index fastest, by counting the indices up.
function columnWriter(shape: Shape, dtype: Dtype, target: Storage): Writer {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const indices = shape.map(() => 0)
  let offset = 0
  const step = (): void => {
    for (let axis = 0; axis < shape.length; axis++) {
      offset += strides[axis]
      if (++indices[axis] < shape[axis]) return
      offset -= strides[axis] * shape[axis]
      indices[axis] = 0
    }
  }
  return {
    next: (count) => allocate(count, dtype),
    done: (values) => {
      for (const value of values) {
        target[offset] = value
        step()
      }
    },
  }
}
