// One spatial axis cut into segments of output pixels that see the same taps of the kernel.
import type { ConvDescriptor } from '../../conv/descriptor.ts'

/** A tap as seen from grid index g: it reads index g + offset of the input's phase `phase`, input pixel (g + offset) stride + phase. */
export interface Tap {
  readonly tap: number
  readonly phase: number
  readonly offset: number
}

/** Grid indices [start, start + count); index g is output pixel origin + g step. */
export interface Segment {
  readonly start: number
  readonly count: number
  readonly origin: number
  readonly step: number
  readonly taps: readonly Tap[]
}

/**
 * The segments of axis 0, 1 or 2 (depth, height, width). A convolution of stride s has one grid, its output, and reads s
 * phases of the input; a transposed one has s grids, the phases of its output, and reads one. With `split`, taps that see
 * nothing but zero padding are left out pixel by pixel, otherwise only where no pixel needs them.
 */
export function segmentsOf(d: ConvDescriptor, axis: number, split: boolean): Segment[] {
  const [n, k, s, dilation, before, out] = [d.input, d.kernel, d.stride, d.dilation, d.before, d.output].map((axes) => axes[axis])
  const zeros = d.paddingMode === 'zeros'
  if (!d.transposed) {
    const taps = Array.from({ length: k }, (_, tap) => {
      const reach = tap * dilation - before
      const phase = ((reach % s) + s) % s
      return { tap, phase, offset: (reach - phase) / s, extent: Math.ceil((n - phase) / s) }
    })
    return cut(out, taps, 0, 1, split, zeros)
  }
  const segments: Segment[] = []
  for (let phase = 0; phase < Math.min(s, out); phase++) {
    const taps = []
    for (let tap = 0; tap < k; tap++) {
      const reach = phase + before - tap * dilation
      if (reach % s === 0) taps.push({ tap, phase: 0, offset: reach / s, extent: n })
    }
    segments.push(...cut(Math.ceil((out - phase) / s), taps, phase, s, split, true))
  }
  return segments
}

function cut(
  count: number,
  taps: (Tap & { extent: number })[],
  origin: number,
  step: number,
  split: boolean,
  zeros: boolean,
): Segment[] {
  const spans = taps.map(({ extent, ...tap }) => {
    const [low, high] = zeros ? [Math.max(0, -tap.offset), Math.min(count, extent - tap.offset)] : [0, count]
    return { tap, low, high }
  })
  const live = spans.filter(({ low, high }) => low < high)
  const edges = split ? live.flatMap(({ low, high }) => [low, high]) : []
  const cuts = [...new Set([0, ...edges, count])].sort((a, b) => a - b)
  return cuts.slice(1).map((end, index) => {
    const start = cuts[index]
    const seen = live.filter(({ low, high }) => !split || (low <= start && end <= high))
    return { start, count: end - start, origin, step, taps: seen.map(({ tap }) => tap) }
  })
}
