// Resizing along any axes: nearest, linear, cubic. A unit is some rows of the output.
import { WeftError } from '../errors.ts'
import { formatShape, stridesOf } from '../tensor/shape.ts'
import { expectDtype, given, needed } from './inputs.ts'
import type { Op, OpPlan, ValueInfo } from './op.ts'
import { resizeRows } from './resize-blend.ts'
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
    resizeRows(out as Float32Array, x as Float32Array, axes, own, plan.params.extrapolation, first, last)
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
