// Random calls of operators that have a vector path: each is made of a seed and its own number alone.
import { type OpParams, type OpPlan, opNamed, planOp, type Shape, sizeOf, Tensor, TIERS, type VectorPath } from '@weft/core'
import { noise } from '../../../core/test/run-kernel.ts'
import { runOp } from '../program-builder.ts'
import { UNARY } from '../unary-ops.ts'
import { type Draw, picker } from './cases.ts'
import type { Work } from './kernel-run.ts'
import type { RandomWork } from './works.ts'

interface Call {
  readonly op: string
  readonly shapes: readonly Shape[]
  readonly params: OpParams
  /** How far a result may be from the operator's own way: a part of it, or of 1. */
  readonly error: number
}

const MOST_NUMBERS = 30_000
const EXTENTS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 129]
/** None of which a product or quotient is subnormal, or a sum too large: tiers differ on these as they say. */
const SPECIAL = [-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 80, -80]
const LARGE = [1e38, -1e38]

export function randomOp(seed: number, index: number): RandomWork {
  const pick = picker(seed, index)
  let call = attempt(pick)
  while (call === null) call = attempt(pick)
  const { op, shapes, params, error } = call
  const special = shapes.length === 1 && !op.startsWith('reduce') ? [...SPECIAL, ...LARGE] : SPECIAL
  const inputs = shapes.map((shape, i) => data(shape, index + i, pick, special))
  const infos = shapes.map((shape) => ({ dtype: 'float32', shape }) as const)
  const plan = planOp(op, infos, params)
  const wanted = runOp(op, inputs, params).data
  let fused: { readonly tier: string; readonly y: Float32Array } | null = null
  return {
    index,
    text: `${op}(${shapes.map((shape) => JSON.stringify(shape)).join(', ')}, ${JSON.stringify(params)})`,
    operands: { x: inputs[0], residual: inputs[1] ?? null, weight: noise([0], 0), bias: null },
    on(tier) {
      const path = opNamed(op).vector?.(plan, TIERS[tier].traits) ?? null
      return path === null ? null : asWork(plan, path, tier)
    },
    wrong(y, tier) {
      const far = wanted.findIndex(
        (value, i) => !Object.is(value, y[i]) && !(Math.abs(value - y[i]) <= error * Math.max(1, Math.abs(value))),
      )
      if (far >= 0) return `output ${far} is ${y[far]}, and ${wanted[far]} of the operator itself`
      if (!TIERS[tier].traits.fused) return null
      if (fused === null) fused = { tier, y }
      const { tier: other, y: first } = fused
      const i = first.findIndex((value, at) => !Object.is(value, y[at]))
      return i < 0 ? null : `output ${i} is ${y[i]}, and ${first[i]} on ${other}`
    },
  }
}

/** The vector path as if it were a kernel of one step: the first input is x, the second one lies where a residual does. */
function asWork(plan: OpPlan, path: VectorPath, tier: keyof typeof TIERS): Work {
  const { shape: xShape } = plan.inputs[0] as { shape: Shape }
  return {
    plan: {
      kernel: plan.op,
      descriptor: { batch: 1, residual: plan.inputs.length > 1, xShape, yShape: plan.outputs[0].shape },
      traits: TIERS[tier].traits,
      steps: [{ name: plan.op, units: path.units }],
      macs: 0,
      packedBytes: 0,
      sharedBytes: 0,
      privateBytes: path.privateBytes,
    },
    kernel: {
      name: plan.op,
      costs: () => new Float64Array(path.units).fill(1),
      functions: () => [...path.functions],
      pack: () => {},
      runner(_, code, memory) {
        const run = path.runner(code, memory)
        return (_step, begin, end, at, cancelled) =>
          run(begin, end, { inputs: [at.x, at.residual], outputs: [at.y], private: at.private }, cancelled)
      },
    },
  }
}

/** Of all sizes; some that are no usual numbers. */
function data(shape: Shape, seed: number, pick: Draw, among: readonly number[]): Tensor<Float32Array> {
  const { data: values } = noise(shape, seed)
  const special = pick(0, 2) === 0
  return new Tensor(
    values.map((value, i) => (special && pick(0, 19) === 0 ? among[pick(0, among.length - 1)] : value * 4 ** (i % 5))),
    shape,
  )
}

function attempt(pick: Draw): Call | null {
  const one = <T>(list: readonly T[]): T => list[pick(0, list.length - 1)]
  const shapeOf = (rank: number) => Array.from({ length: rank }, () => one(EXTENTS))
  const shape = shapeOf(pick(1, 4))
  const sparse = (from: Shape) => from.map((extent) => (pick(0, 2) === 0 ? 1 : extent))
  const calls: readonly (() => Call)[] = [
    () => {
      const [op, params, error] = one(UNARY)
      return { op, shapes: [shape], params, error }
    },
    () => {
      const other = sparse(shape).slice(pick(0, shape.length))
      const shapes = pick(0, 1) === 0 ? [shape, other] : pick(0, 1) === 0 ? [other, shape] : [sparse(shape), sparse(shape)]
      return { op: one(['add', 'sub', 'mul', 'div']), shapes, params: {}, error: 0 }
    },
    () => {
      const perm = shape.map((_, axis) => axis).sort(() => pick(0, 1) - 0.5)
      return { op: 'transpose', shapes: [shape], params: { perm }, error: 0 }
    },
    () => {
      const step = shape.map(() => one([1, 1, 1, -1, 2, -3]))
      const start = shape.map((extent) => pick(0, extent - 1))
      const most = shape.map((extent, i) => Math.floor((step[i] > 0 ? extent - 1 - start[i] : start[i]) / Math.abs(step[i])) + 1)
      return { op: 'slice', shapes: [shape], params: { start, step, count: most.map((count) => pick(1, count)) }, error: 0 }
    },
    () => ({ op: 'expand', shapes: [sparse(shape)], params: { shape }, error: 0 }),
    () => {
      const [m, k, n] = [pick(1, 70), one(EXTENTS), one(EXTENTS)]
      const stack = pick(0, 2) === 0 ? [pick(1, 3)] : []
      // Sums of products of up to 256 each.
      return {
        op: 'matMul',
        shapes: [
          [...stack, m, k],
          [...(pick(0, 1) === 0 ? stack : []), k, n],
        ],
        params: {},
        error: 0.01 * k,
      }
    },
    () => {
      const [kernel, stride, dilation, before, after] = [
        [1, 4],
        [1, 3],
        [1, 2],
        [0, 1],
        [0, 1],
      ].map(([low, high]) => [pick(low, high), pick(low, high)])
      const params = { kernel, stride, dilation, before, after, ceil: pick(0, 1) === 0 }
      return { op: 'maxPool', shapes: [[pick(1, 2), pick(1, 4), one(EXTENTS), one(EXTENTS)]], params, error: 0 }
    },
    () => {
      const axes = shape.map((_, axis) => axis).slice(pick(0, shape.length - 1))
      return { op: one(['reduceSum', 'reduceMean']), shapes: [shape], params: { axes, keep: pick(0, 1) === 0 }, error: 0 }
    },
  ]
  try {
    const call = one(calls)()
    const infos = call.shapes.map((each) => ({ dtype: 'float32', shape: each }) as const)
    const [y] = planOp(call.op, infos, call.params).outputs
    return [...call.shapes, y.shape].every((each) => sizeOf(each) <= MOST_NUMBERS) ? call : null
  } catch {
    return null // Windows that do not fit.
  }
}
