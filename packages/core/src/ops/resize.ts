// Resizing along any axes: nearest, linear, cubic. A unit is some rows of the output.
import { WeftError } from '../errors.ts'
import { formatShape, stridesOf } from '../tensor/shape.ts'
import { expectDtype, given, needed } from './inputs.ts'
import type { Op, OpPlan, OpStorage, ValueInfo } from './op.ts'
import { nearestRows } from './resize-nearest.ts'
import { type TapParams, type Taps, tapsOf } from './resize-taps.ts'
import { rowsOf, rowUnits } from './rows.ts'

/** Lists have an entry for each axis; `roi` and `extrapolation` (the value outside of it) serve cropAndResize. */
export type ResizeParams = TapParams & {
  readonly shape: readonly number[]
  readonly scales: readonly number[]
  readonly roiBegin: readonly number[]
  readonly roiEnd: readonly number[]
  readonly extrapolation: number
}

export const resize: Op<ResizeParams> = {
  name: 'resize',
  infer(inputs, { shape, scales, mode }) {
    const x = needed('resize', inputs, 0)
    if (mode !== 'nearest') expectDtype('resize', x, 'float32')
    const rank = x.shape.length
    if (rank === 0 || shape.length !== rank || scales.length !== rank || !scales.every((scale) => scale > 0)) {
      throw new WeftError(
        'SHAPE',
        `resize: ${formatShape(x.shape)} cannot be scaled by ${formatShape(scales)} to ${formatShape(shape)}`,
      )
    }
    return [{ dtype: x.dtype, shape }]
  },
  units: (plan) => rowUnits(plan.outputs[0].shape),
  run(plan, inputs, [out], begin, end) {
    const x = given(inputs, 0)
    const { shape } = plan.outputs[0]
    const axes = allTaps(plan)
    const own = stridesOf((plan.inputs[0] as ValueInfo).shape)
    const [first, last] = rowsOf(shape, begin, end)
    if (axes.every(({ count }) => count === 1)) return nearestRows(out, x, axes, own, plan.params.extrapolation, first, last)
    const inner = shape.length - 1
    const width = (plan.inputs[0] as ValueInfo).shape[inner]
    const blend = new Float64Array(width)
    for (let row = first; row < last; row++) {
      const at = row * shape[inner]
      const lines = linesOf(axes, shape, own, row)
      if (lines === null) out.fill(plan.params.extrapolation, at, at + shape[inner])
      else if (lines.length === 1) resizeRow(out, at, x, lines[0].offset, axes[inner], plan.params.extrapolation)
      else {
        blend.fill(0)
        for (const { offset, weight } of lines) for (let i = 0; i < width; i++) blend[i] += weight * x[offset + i]
        resizeRow(out, at, blend, 0, axes[inner], plan.params.extrapolation)
      }
    }
  },
}

/** Of each plan once: a worker runs it part by part, again and again. */
const TAPS = new WeakMap<OpPlan<ResizeParams>, Taps[]>()

function allTaps(plan: OpPlan<ResizeParams>): Taps[] {
  const known = TAPS.get(plan)
  if (known !== undefined) return known
  const { params, inputs, outputs } = plan
  const taps = (inputs[0] as ValueInfo).shape.map((n, axis) =>
    tapsOf(
      { n, out: outputs[0].shape[axis], scale: params.scales[axis], roi: [params.roiBegin[axis], params.roiEnd[axis]] },
      params,
    ),
  )
  TAPS.set(plan, taps)
  return taps
}

interface Line {
  readonly offset: number
  readonly weight: number
}

/** The input rows that make an output row, by all axes but the last; null where one is outside of the crop. */
function linesOf(axes: readonly Taps[], shape: readonly number[], own: readonly number[], row: number): Line[] | null {
  let lines: Line[] = [{ offset: 0, weight: 1 }]
  let rest = row
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    const { count, index, weight } = axes[axis]
    const first = (rest % shape[axis]) * count
    rest = Math.floor(rest / shape[axis])
    if (index[first] < 0) return null
    const next: Line[] = []
    for (const line of lines) {
      for (let tap = first; tap < first + count; tap++) {
        if (weight[tap] !== 0) next.push({ offset: line.offset + index[tap] * own[axis], weight: line.weight * weight[tap] })
      }
    }
    lines = next
  }
  return lines
}

/** One row along the last axis; one line alone always has weight 1. */
function resizeRow(
  out: OpStorage,
  at: number,
  x: OpStorage,
  from: number,
  { count, index, weight }: Taps,
  outside: number,
): void {
  const width = index.length / count
  if (count === 1) {
    for (let i = 0; i < width; i++) out[at + i] = index[i] < 0 ? outside : x[from + index[i]]
  } else if (count === 2) {
    for (let i = 0, tap = 0; i < width; i++, tap += 2) {
      out[at + i] = index[tap] < 0 ? outside : x[from + index[tap]] * weight[tap] + x[from + index[tap + 1]] * weight[tap + 1]
    }
  } else {
    for (let i = 0, first = 0; i < width; i++, first += count) {
      let sum = 0
      for (let tap = first; tap < first + count; tap++) sum += x[from + index[tap]] * weight[tap]
      out[at + i] = index[first] < 0 ? outside : sum
    }
  }
}
