// The vector path of elementwise operators and of moves: operands walked beside the output, row by row.
import type { MachineTraits } from '../isa/machine.ts'
import { type Shape, sizeOf } from '../tensor/shape.ts'
import { MAP_ARGS, MAP_ARGS_BYTES, mapFunction } from './map-code.ts'
import { MAP_FUNCTIONS } from './map-functions.ts'
import type { OpPlan } from './op.ts'
import { runStride, type View, type Walk, walkOf } from './strided.ts'
import type { OpBindings, VectorPath } from './vector.ts'

/** A unit is a row of the walk, or a part of one of so many numbers: a multiple of every machine's four vectors. */
const PART = 4096
/** Numbers that a call makes at most: a cancelled run ends after one. */
const CALL_NUMBERS = 1 << 18

export interface MapParameters {
  readonly p?: number | undefined
  readonly q?: number | undefined
}

/**
 * @param op one of `MAP_FUNCTIONS`
 * @param views of its operands under the axes of the output, which is dense
 * @returns null where the machine has no vectors, or an operand's rows are not of neighbours
 */
export function mapVector(
  op: string,
  shape: Shape,
  views: readonly View[],
  traits: MachineTraits,
  { p = 0, q = 0 }: MapParameters = {},
): VectorPath | null {
  const { lanes } = traits
  if (lanes === 1 || sizeOf(shape) === 0 || MAP_FUNCTIONS[op]?.operands !== views.length) return null
  const walk = walkOf(shape, views)
  const strides = views.map((_, index) => runStride(walk, index))
  const length = walk.shape[walk.shape.length - 1]
  if (strides.some((stride) => stride !== 1 && (stride !== 0 || length === 1))) return null
  const single = strides.map((stride) => stride === 0)
  const code = mapFunction({ op, single, rest: length % lanes })
  const parts = Math.ceil(length / PART)
  const rows = sizeOf(walk.shape) / length
  const neighbours = walk.shape.length > 1 ? walk.shape[walk.shape.length - 2] : 1
  const mostRows = Math.max(1, Math.floor(CALL_NUMBERS / length))
  return {
    privateBytes: MAP_ARGS_BYTES,
    units: rows * parts,
    functions: [code],
    runner(callables, memory) {
      const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
      const call = callables.get(code.name) as (args: number) => void
      /** `count` rows from `row` on, which are neighbours on one axis, from number `from` of each up to `until`. */
      const callOn = (at: OpBindings, row: number, count: number, from: number, until: number): void => {
        const args = at.private / 4
        const vectors = Math.floor((until - from) / lanes)
        words[args + MAP_ARGS.y] = at.outputs[0] + 4 * (row * length + from)
        words[args + MAP_ARGS.rows] = count
        words[args + MAP_ARGS.fours] = Math.floor(vectors / 4)
        words[args + MAP_ARGS.vectors] = vectors % 4
        words[args + MAP_ARGS.rest] = until === length && length % lanes > 0 ? 1 : 0
        floats[args + MAP_ARGS.p] = p
        floats[args + MAP_ARGS.q] = q
        walk.views.forEach(({ base, strides: own }, i) => {
          const walked = single[i] ? 0 : until - from
          const step = own.length > 1 ? own[own.length - 2] : 0
          words[args + MAP_ARGS.a + i] = at.inputs[i] + 4 * (base + rowOffset(walk, own, row) + (single[i] ? 0 : from))
          words[args + MAP_ARGS.aSkip + i] = 4 * (step - walked)
        })
        call(at.private)
      }
      return (begin, end, at, cancelled) => {
        for (let unit = begin; unit < end; ) {
          if (cancelled()) return false
          const row = Math.floor(unit / parts)
          if (parts > 1) {
            const from = (unit % parts) * PART
            callOn(at, row, 1, from, Math.min(length, from + PART))
            unit++
          } else {
            const count = Math.min(end - unit, mostRows, neighbours - (row % neighbours))
            callOn(at, row, count, 0, length)
            unit += count
          }
        }
        return true
      }
    },
  }
}

/** A move of float32 numbers: rows of neighbours to rows of neighbours. */
export function copyVector(plan: OpPlan, shape: Shape, view: View, traits: MachineTraits): VectorPath | null {
  return plan.outputs[0].dtype === 'float32' ? mapVector('copy', shape, [view], traits) : null
}

/** Where a row begins in an operand, in numbers. */
function rowOffset({ shape }: Walk, strides: readonly number[], row: number): number {
  let [offset, rest] = [0, row]
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    offset += (rest % shape[axis]) * strides[axis]
    rest = Math.floor(rest / shape[axis])
  }
  return offset
}
