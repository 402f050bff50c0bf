// Values at the edge: what a caller gives and gets, and what operators compute on.
import {
  formatShape,
  type OpDType,
  type OpStorage,
  type Program,
  type Shape,
  sameShape,
  sizeOf,
  Tensor,
  type ValueInfo,
  WeftError,
} from '@weft/core'
import type { Port } from '../graph/graph.ts'

/** int64 as it is in the world: core computes on it in float64. A Tensor of core is such a value. */
export interface ModelValue {
  readonly dtype: OpDType
  /** Row-major. */
  readonly shape: Shape
  readonly data: Float32Array | BigInt64Array | Int32Array | Uint8Array
}

const EDGE = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array } as const

export type ModelValues = Readonly<Record<string, ModelValue>>

/** What the inputs are computed from, in the order of the ports. @throws SHAPE, DTYPE */
export function inputStorages(ports: readonly Port[], values: ModelValues): OpStorage[] {
  const names = ports.map(({ name }) => name)
  const unknown = Object.keys(values).find((name) => !names.includes(name))
  if (unknown !== undefined) throw new WeftError('OPTION', `there is no input '${unknown}'; the model has ${names.join(', ')}`)
  return ports.map(({ name, dtype }) => {
    if (!Object.hasOwn(values, name))
      throw new WeftError('OPTION', `input '${name}' is missing; the model has ${names.join(', ')}`)
    return toStorage(values[name], dtype, name)
  })
}

/**
 * The memory of values that outputs are to be written to, in the order of the program's outputs.
 * @throws OPTION, SHAPE, DTYPE for a value that is not one of the outputs, or not what it will be
 */
export function outputStorages({ outputs }: Program, out: ModelValues): (OpStorage | null)[] {
  const names = outputs.map(({ name }) => name)
  const unknown = Object.keys(out).find((name) => !names.includes(name))
  if (unknown !== undefined) throw new WeftError('OPTION', `there is no output '${unknown}'; the model has ${names.join(', ')}`)
  return outputs.map(({ name, place: { info }, count }) => {
    if (!Object.hasOwn(out, name)) return null
    const { shape, data } = out[name]
    if (count) throw new WeftError('OPTION', `output '${name}' has as many rows as are found: it cannot be written to a value`)
    if (info.dtype === 'int64') throw new WeftError('DTYPE', `output '${name}' is int64, which is always in memory of its own`)
    if (!(data instanceof EDGE[info.dtype]))
      throw new WeftError('DTYPE', `out '${name}' is ${out[name].dtype}; the model gives ${info.dtype}`)
    if (!sameShape(shape, info.shape) || data.length !== sizeOf(shape)) {
      const numbers = `${data.length} numbers of shape ${formatShape(shape)}`
      throw new WeftError('SHAPE', `out '${name}' has ${numbers}; the model gives ${formatShape(info.shape)}`, { shape })
    }
    return data as OpStorage
  })
}

/** @param results in the order of the program's outputs, then the counts of those that have one */
export function outputValues({ outputs }: Program, results: readonly OpStorage[], out: ModelValues): ModelValues {
  let counts = outputs.length
  return Object.fromEntries(
    outputs.map(({ name, place: { info }, count }, i) => [
      name,
      Object.hasOwn(out, name) ? out[name] : fromStorage(results[i], info, count ? results[counts++][0] : null),
    ]),
  )
}

function toStorage(value: ModelValue, dtype: OpDType, name: string): OpStorage {
  const { data, shape } = value
  if (!(data instanceof EDGE[dtype])) {
    throw new WeftError('DTYPE', `input '${name}' is ${value.dtype}; the model takes ${dtype}, in ${EDGE[dtype].name}`)
  }
  if (sizeOf(shape) !== data.length) {
    throw new WeftError('SHAPE', `input '${name}' has ${data.length} numbers for the shape ${formatShape(shape)}`, { shape })
  }
  return data instanceof BigInt64Array ? Float64Array.from(data, Number) : data
}

/** @param rows how many entries of the first axis count; null: all */
function fromStorage(data: OpStorage, { dtype, shape }: ValueInfo, rows: number | null): ModelValue {
  const cut = rows === null ? shape : [rows, ...shape.slice(1)]
  const part = rows === null ? data : data.slice(0, sizeOf(cut))
  if (part instanceof Float64Array) return { dtype, shape: cut, data: BigInt64Array.from(part, toBigInt) }
  return dtype === 'bool' ? { dtype, shape: cut, data: part as Uint8Array } : new Tensor(part, cut)
}

/** Cut towards 0. What ran past all bounds is the last number of int64 on its side; NaN is 0. */
function toBigInt(value: number): bigint {
  if (Number.isFinite(value)) return BigInt(Math.trunc(value))
  return Number.isNaN(value) ? 0n : value > 0 ? 2n ** 63n - 1n : -(2n ** 63n)
}
