// A convolution of stride 2 as one of stride 1: the phases of its picture are channels, and every second tap is one of theirs.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { type AxisPhase, axisPhases } from './axis.ts'
import type { TileTransform } from './points.ts'

export interface Phase {
  readonly y: AxisPhase
  readonly x: AxisPhase
}

/** Points that follow each other, and the phases that follow each other whose filters do not vanish at them. */
export interface PointRun {
  readonly point: number
  readonly points: number
  readonly first: number
  readonly phases: number
}

/** Input channels of a group from which on phases are left out where their filters are 0: of fewer, calls for parts of the points take longer than products with zeros. */
const LEAST_LEFT_OUT = 16

/**
 * The phases of a stride that is the same for height and width. Those that lack no first tap, of the height, of the width, or of
 * both, follow each other. Where planes of a volume lie between the phases of one, all count as whole.
 */
export function phasesOf(d: ConvDescriptor): Phase[] {
  const all = d.kernel[0] > 1 || d.ic / d.groups < LEAST_LEFT_OUT
  const [xs, ys] = [2, 1].map((axis) => axisPhases(d, axis as 1 | 2).map(({ at, whole }) => ({ at, whole: all || whole })))
  return ys.reverse().flatMap((y, index) => (index % 2 === 0 ? xs : xs.toReversed()).map((x) => ({ y, x })))
}

/** What is summed at each point: a filter without its first tap is a multiple of its variable, and 0 at the point 0. */
export function runsOf(d: ConvDescriptor, { y, x }: TileTransform): PointRun[] {
  const phases = phasesOf(d)
  const runs: PointRun[] = []
  for (let point = 0; point < y.n * x.n; point++) {
    const [row, col] = [Math.floor(point / x.n), point % x.n]
    const summed = phases.map((phase) => (row > 0 || phase.y.whole) && (col > 0 || phase.x.whole))
    const run = { point, points: 1, first: summed.indexOf(true), phases: summed.filter(Boolean).length }
    const last = runs.at(-1)
    if (last?.first === run.first && last.phases === run.phases) runs[runs.length - 1] = { ...last, points: last.points + 1 }
    else runs.push(run)
  }
  return runs
}

/** Products of an input channel of the whole convolution, its planes under an output counted, at all points. */
export function productsOf(runs: readonly PointRun[]): number {
  return runs.reduce((sum, { points, phases }) => sum + points * phases, 0)
}

/**
 * The convolution of stride 1 that it is over phases, whose channels follow each other: of each group those of the first phase, then
 * of the next. Taps that a phase has not are zeros.
 */
export function undivided(d: ConvDescriptor): ConvDescriptor {
  const [depth, down, along] = d.stride
  const [planes, height, width] = d.kernel
  const kernel = [planes, Math.ceil(height / down), Math.ceil(width / along)] as const
  return { ...d, ic: d.ic * down * along, stride: [depth, 1, 1], kernel }
}
