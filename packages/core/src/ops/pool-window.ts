// Windows of a pooling operator: their sizes, places and taps on up to three axes.
import { convExtent, effectiveKernel } from '../conv/output-shape.ts'
import { WeftError } from '../errors.ts'
import { formatShape, type Shape } from '../tensor/shape.ts'
import { expectRank } from './inputs.ts'
import type { OpPlan, ValueInfo } from './op.ts'

/** Lists have an entry for each spatial axis; `before` and `after` are padding in pixels. */
export type WindowParams = {
  readonly kernel: readonly number[]
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly before: readonly number[]
  readonly after: readonly number[]
  /** Whether a last window that does not fit counts, as long as it begins before the padding after the pixels. */
  readonly ceil: boolean
}

export interface PoolAxis {
  readonly n: number
  readonly out: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  readonly after: number
}

/** (n, c, ...spatial) after pooling. @throws SHAPE or OPTION */
export function pooledShape(op: string, x: Shape, params: WindowParams): number[] {
  expectRank(op, x, 3, 5)
  const { kernel, stride, dilation, before, after } = params
  const spatial = x.slice(2)
  for (const [name, list] of Object.entries({ kernel, stride, dilation, before, after })) {
    const least = name === 'before' || name === 'after' ? 0 : 1
    if (list.length !== spatial.length || !list.every((value) => Number.isInteger(value) && value >= least)) {
      throw new WeftError(
        'OPTION',
        `${op}: ${name} ${formatShape(list)} does not fit ${formatShape(x)}; it needs ${spatial.length} whole numbers of ${least} or more`,
      )
    }
  }
  return [...x.slice(0, 2), ...spatial.map((n, axis) => pooledExtent(op, n, axis, params))]
}

function pooledExtent(op: string, n: number, axis: number, params: WindowParams): number {
  const [kernel, stride, dilation] = [params.kernel[axis], params.stride[axis], params.dilation[axis]]
  const [before, after] = [params.before[axis], params.after[axis]]
  let extent = convExtent(n, kernel, stride, dilation, before, after + (params.ceil ? stride - 1 : 0))
  if (params.ceil && (extent - 1) * stride >= n + before) extent--
  if (extent < 1) {
    throw new WeftError(
      'SHAPE',
      `${op}: a window of ${effectiveKernel(kernel, dilation)} pixels does not fit into ${n} with padding ${before} and ${after}`,
    )
  }
  return extent
}

/** Depth, height and width of a pooling plan, leading ones where it has fewer. */
export function poolAxes(plan: OpPlan<WindowParams>): [PoolAxis, PoolAxis, PoolAxis] {
  const { kernel, stride, dilation, before, after } = plan.params
  const [x, y] = [(plan.inputs[0] as ValueInfo).shape.slice(2), plan.outputs[0].shape.slice(2)]
  const at = (list: readonly number[], axis: number, absent: number) => list[axis + list.length - 3] ?? absent
  const axes = [0, 1, 2].map((axis) => ({
    n: at(x, axis, 1),
    out: at(y, axis, 1),
    kernel: at(kernel, axis, 1),
    stride: at(stride, axis, 1),
    dilation: at(dilation, axis, 1),
    before: at(before, axis, 0),
    after: at(after, axis, 0),
  }))
  return [axes[0], axes[1], axes[2]]
}

/** Outputs [lo, hi) of an axis for which `tap` meets a pixel. */
export function reach({ n, out, stride, dilation, before }: PoolAxis, tap: number): [lo: number, hi: number] {
  const shift = tap * dilation - before
  const lo = Math.max(0, Math.ceil(-shift / stride))
  return [lo, Math.max(lo, Math.min(out, Math.floor((n - 1 - shift) / stride) + 1))]
}

/** Taps [first, last) of an output that meet a pixel, or, `within` pixels of padding on both sides, that or padding. */
export function tapsOf(
  { n, kernel, stride, dilation, before }: PoolAxis,
  out: number,
  within: readonly [before: number, after: number] = [0, 0],
): [first: number, last: number] {
  const start = out * stride - before
  const first = Math.max(0, Math.ceil((-within[0] - start) / dilation))
  return [first, Math.max(first, Math.min(kernel, Math.ceil((n + within[1] - start) / dilation)))]
}

/** The taps of any output that meet a pixel, in order: few, however large the window. */
export function usedTaps(axis: PoolAxis): number[] {
  const used = new Set<number>()
  for (let out = 0; out < axis.out; out++) {
    const [first, last] = tapsOf(axis, out)
    for (let tap = first; tap < last; tap++) used.add(tap)
  }
  return [...used].sort((a, b) => a - b)
}

/** For each output of an axis, how many taps meet a pixel, or, with `padding`, a pixel or the padding. */
export function tapCounts(axis: PoolAxis, padding: boolean): Float64Array {
  return Float64Array.from({ length: axis.out }, (_, out) => {
    const [first, last] = tapsOf(axis, out, padding ? [axis.before, axis.after] : [0, 0])
    return last - first
  })
}
