// Functions of two numbers, element by element, broadcast: arithmetic, comparisons, logic.
import type { Shape } from '../tensor/shape.ts'
import { ARITHMETIC, type BinaryLoop, COMPARISONS, LOGIC, POWERS } from './binary-loops.ts'
import { blocksOf, elementsOf } from './blocks.ts'
import { broadcastShape, broadcastView } from './broadcast.ts'
import { expectDtype, given, needed, sameDtype } from './inputs.ts'
import { mapVector } from './map-vector.ts'
import type { Op, OpDType, OpPlan, OpStorage, ValueInfo } from './op.ts'
import { eachRun, runStride, type View, walkOf } from './strided.ts'

const NUMBERS: readonly OpDType[] = ['float32', 'int64', 'int32', 'uint8']

export const BINARY: readonly Op[] = [
  ...family(ARITHMETIC, NUMBERS),
  ...family(POWERS, NUMBERS, { mixed: true }),
  ...family(COMPARISONS, [...NUMBERS, 'bool'], { result: 'bool' }),
  ...family(LOGIC, ['bool']),
]

function family(
  loops: Readonly<Record<string, BinaryLoop>>,
  allowed: readonly OpDType[],
  { mixed = false, result }: { mixed?: boolean; result?: OpDType } = {},
): Op[] {
  return Object.entries(loops).map(([name, loop]) => ({
    name,
    infer(inputs) {
      const pair: ValueInfo[] = [needed(name, inputs, 0), needed(name, inputs, 1)]
      for (const info of pair) expectDtype(name, info, ...allowed)
      if (!mixed) sameDtype(name, pair)
      const shapes = pair.map((info) => info.shape)
      return [{ dtype: result ?? pair[0].dtype, shape: broadcastShape(name, shapes) }]
    },
    units: (plan) => blocksOf(plan),
    run: (plan, inputs, [out], begin, end) =>
      binaryRun(loop, plan, out, given(inputs, 0), given(inputs, 1), ...elementsOf(out.length, begin, end)),
    vector({ inputs, outputs }, traits) {
      const [{ dtype, shape }] = outputs
      return dtype === 'float32' ? mapVector(name, shape, viewsOf(inputs, shape), traits) : null
    },
  }))
}

/** Elements [first, last) of loop(a, b), the plan's first two inputs. */
function binaryRun(
  loop: BinaryLoop,
  plan: OpPlan,
  out: OpStorage,
  a: OpStorage,
  b: OpStorage,
  first: number,
  last: number,
): void {
  const { shape } = plan.outputs[0]
  const walk = walkOf(shape, viewsOf(plan.inputs, shape))
  const [si, sj] = [runStride(walk, 0), runStride(walk, 1)]
  eachRun(walk, first, last, (at, offsets, count) => loop(out, at, at + count, a, offsets[0], si, b, offsets[1], sj))
}

function viewsOf(inputs: readonly (ValueInfo | null)[], shape: Shape): View[] {
  return inputs.map((info) => broadcastView((info as ValueInfo).shape, shape))
}
