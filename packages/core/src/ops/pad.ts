// Borders added to any axis (or, where negative, taken away): constant, reflected, repeated edge, wrapped around.
import { WeftError } from '../errors.ts'
import { formatShape, type Shape, stridesOf } from '../tensor/shape.ts'
import { given, needed } from './inputs.ts'
import type { Op, OpPlan, OpStorage, ValueInfo } from './op.ts'
import { rowsOf, rowUnits } from './rows.ts'
import { copyRun } from './strided.ts'

export type PadMode = 'constant' | 'reflect' | 'edge' | 'wrap'

/** Entries added before and after each axis; `value` fills those of mode constant. */
export type PadParams = {
  readonly mode: PadMode
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly value: number
}

export const pad: Op<PadParams> = {
  name: 'pad',
  infer(inputs, { mode, before, after }) {
    const { dtype, shape } = needed('pad', inputs, 0)
    if (before.length !== shape.length || after.length !== shape.length) {
      throw new WeftError('SHAPE', `pad: ${before.length} and ${after.length} pads are not those of ${formatShape(shape)}`)
    }
    const padded = shape.map((extent, axis) => extent + before[axis] + after[axis])
    shape.forEach((extent, axis) => {
      const most = mode === 'reflect' ? extent - 1 : mode === 'constant' || extent > 0 ? Number.POSITIVE_INFINITY : 0
      if (padded[axis] < 0 || before[axis] > most || after[axis] > most) {
        throw new WeftError(
          'SHAPE',
          `pad: axis ${axis} of ${formatShape(shape)} cannot take ${before[axis]} and ${after[axis]} of mode ${mode}`,
        )
      }
    })
    return [{ dtype, shape: padded }]
  },
  units: (plan) => rowUnits(plan.outputs[0].shape),
  run(plan, inputs, [out], begin, end) {
    const shape = rowShape((plan.inputs[0] as ValueInfo).shape)
    const [before, outShape] = [rowShape(plan.params.before, 0), rowShape(plan.outputs[0].shape)]
    const sources = outShape.map((extent, axis) => sourcesOf(plan, extent, shape[axis], before[axis]))
    const own = stridesOf(shape)
    const length = outShape[outShape.length - 1]
    const [first, last] = rowsOf(plan.outputs[0].shape, begin, end)
    for (let row = first; row < last; row++) {
      let [offset, rest] = [0, row]
      for (let axis = outShape.length - 2; axis >= 0 && offset >= 0; axis--) {
        const source = sources[axis][rest % outShape[axis]]
        rest = Math.floor(rest / outShape[axis])
        offset = source < 0 ? -1 : offset + source * own[axis]
      }
      const at = row * length
      if (offset < 0) out.fill(plan.params.value, at, at + length)
      else padRow(out, at, given(inputs, 0), offset, sources[sources.length - 1], plan.params.value)
    }
  },
}

/** A shape of at least one axis. */
function rowShape(shape: Shape, lone = 1): Shape {
  return shape.length === 0 ? [lone] : shape
}

/** One row: its middle is copied as it is, its ends by their sources. */
function padRow(out: OpStorage, at: number, x: OpStorage, offset: number, sources: Int32Array, value: number): void {
  let begin = 0
  while (begin < sources.length && sources[begin] !== 0) begin++
  let end = begin
  while (end < sources.length && sources[end] === end - begin) end++
  copyRun(out, at + begin, x, offset, 1, end - begin)
  const rest = (from: number, to: number) => {
    for (let i = from; i < to; i++) out[at + i] = sources[i] < 0 ? value : x[offset + sources[i]]
  }
  rest(0, begin)
  rest(end, sources.length)
}

/** For each entry of a padded axis the entry that it repeats; -1 is the constant. */
function sourcesOf({ params }: OpPlan<PadParams>, extent: number, n: number, before: number): Int32Array {
  return Int32Array.from({ length: extent }, (_, index) => {
    const at = index - before
    if (at >= 0 && at < n) return at
    if (params.mode === 'reflect') return at < 0 ? -at : 2 * (n - 1) - at
    if (params.mode === 'edge') return at < 0 ? 0 : n - 1
    return params.mode === 'wrap' ? ((at % n) + n) % n : -1
  })
}
