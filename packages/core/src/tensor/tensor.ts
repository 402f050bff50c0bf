// Tensor: a row-major view of numbers over an ArrayBuffer or a SharedArrayBuffer.
import { WeftError } from '../errors.ts'
import { DTYPES, type Dtype, dtypeOf, type Storage } from './dtype.ts'
import { formatTensor } from './format.ts'
import { flatten, type Nested, shapeOfNested, toNested } from './nested.ts'
import { formatShape, type Shape, sizeOf, stridesOf } from './shape.ts'

/**
 * Numbers in row-major order, NC(D)HW for pictures and volumes. A tensor owns no memory: `data` is a typed array over
 * any buffer, shared or not, and `reshape` and `slice` along the first axis share it.
 */
export class Tensor<S extends Storage = Storage> {
  readonly shape: Shape
  readonly data: S

  /** @throws DTYPE for other data, SHAPE when `data` has not exactly as many elements as `shape` says. */
  constructor(data: S, shape: Shape) {
    if (!Object.values(DTYPES).some((type) => data instanceof type)) {
      throw new WeftError(
        'DTYPE',
        `a tensor holds ${Object.keys(DTYPES).join(', ')}; it was given ${Object.prototype.toString.call(data)}`,
      )
    }
    const size = sizeOf(shape)
    if (size !== data.length) {
      throw new WeftError('SHAPE', `${data.length} numbers do not fill shape ${formatShape(shape)}, which holds ${size}`, {
        shape,
      })
    }
    this.data = data
    this.shape = Object.freeze([...shape])
  }

  get dtype(): Dtype {
    return dtypeOf(this.data)
  }
  get size(): number {
    return this.data.length
  }
  get rank(): number {
    return this.shape.length
  }

  static zeros(shape: Shape): Tensor<Float32Array> {
    return new Tensor(new Float32Array(sizeOf(shape)), shape)
  }

  static full(shape: Shape, value: number): Tensor<Float32Array> {
    return new Tensor(new Float32Array(sizeOf(shape)).fill(value), shape)
  }

  /** 0, 1, 2 ... in the given shape: the lecture's favourite picture. */
  static arange(shape: Shape, start = 0): Tensor<Float32Array> {
    return new Tensor(
      Float32Array.from({ length: sizeOf(shape) }, (_, index) => start + index),
      shape,
    )
  }

  /** From nested arrays. @throws SHAPE when they are ragged. */
  static from(nested: Nested): Tensor<Float32Array>
  static from<D extends Dtype>(nested: Nested, dtype: D): Tensor<InstanceType<(typeof DTYPES)[D]>>
  static from(nested: Nested, dtype: Dtype = 'float32'): Tensor {
    const shape = shapeOfNested(nested)
    const data = new DTYPES[dtype](sizeOf(shape))
    flatten(nested, shape, data)
    return new Tensor(data, shape)
  }

  /** The same numbers in another shape; one size may be -1 and is deduced. Shares memory. */
  reshape(shape: Shape): Tensor<S> {
    const holes = shape.filter((extent) => extent === -1).length
    if (holes > 1) throw new WeftError('SHAPE', `reshape to ${formatShape(shape)}: only one size may be -1`, { shape })
    const known = sizeOf(shape.filter((extent) => extent !== -1))
    const full = holes === 0 ? shape : shape.map((extent) => (extent === -1 ? this.size / known : extent))
    if (!full.every(Number.isInteger) || sizeOf(full) !== this.size) {
      throw new WeftError('SHAPE', `cannot reshape ${formatShape(this.shape)}, ${this.size} numbers, to ${formatShape(shape)}`, {
        from: this.shape,
        to: shape,
      })
    }
    return new Tensor(this.data, full)
  }

  /** Entries [begin, end) of the first axis. Shares memory. @throws SHAPE when they are not all there. */
  slice(begin: number, end: number): Tensor<S> {
    const extent = this.shape[0] ?? 0
    if (this.rank === 0 || !Number.isInteger(begin) || !Number.isInteger(end) || begin < 0 || end < begin || end > extent) {
      throw new WeftError('SHAPE', `cannot slice [${begin}, ${end}) of the first axis of ${formatShape(this.shape)}`, {
        shape: this.shape,
      })
    }
    const inner = sizeOf(this.shape.slice(1))
    return new Tensor(this.data.subarray(begin * inner, end * inner) as S, [end - begin, ...this.shape.slice(1)])
  }

  /** One entry of the first axis, that axis dropped. Shares memory. */
  at(index: number): Tensor<S> {
    return this.slice(index, index + 1).reshape(this.shape.slice(1))
  }

  /** One number by its indices. @throws SHAPE when an index is outside. */
  get(...indices: number[]): number {
    const strides = stridesOf(this.shape)
    const outside =
      indices.length !== this.rank ||
      indices.some((index, axis) => !(Number.isInteger(index) && index >= 0 && index < this.shape[axis]))
    if (outside)
      throw new WeftError('SHAPE', `[${indices.join(', ')}] is outside of shape ${formatShape(this.shape)}`, {
        shape: this.shape,
      })
    return this.data[indices.reduce((offset, index, axis) => offset + index * strides[axis], 0)]
  }

  toArray(): Nested {
    return toNested(this.data, this.shape)
  }

  /** Rows and columns aligned, long axes shortened. */
  toString(): string {
    return formatTensor(this.data, this.shape, this.dtype)
  }
}

/** A float32 tensor: what the kernels compute on. */
export type FloatTensor = Tensor<Float32Array>

/** @throws DTYPE when the tensor does not hold float32. */
export function expectFloat(tensor: Tensor, name: string): FloatTensor {
  if (!(tensor.data instanceof Float32Array)) {
    throw new WeftError('DTYPE', `${name} is ${tensor.dtype}; convolution computes in float32: convert it first`, {
      dtype: tensor.dtype,
    })
  }
  return tensor as FloatTensor
}
