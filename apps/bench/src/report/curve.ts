// A curve: speed-up by threads one way, what was measured of it and the laws fitted to that.
import type { Mode } from '../mode.ts'
import type { TargetResult } from '../result.ts'
import { fitAmdahl, fitUniversal, type Law, type Point } from './fit.ts'

/** How many cores a projection goes to. */
export const PROJECTED = 64

export interface Curve {
  readonly mode: Mode
  /** As measured, in order of threads. */
  readonly points: readonly Point[]
  /** Those with a core for every thread: what the laws are fitted to. */
  readonly fitted: readonly Point[]
  readonly amdahl: Law | null
  readonly universal: Law | null
}

/** Of a suite's totals, or of the only problem. */
export function curvesOf({ cases, totals }: TargetResult, modes: readonly Mode[], cores: number): Curve[] {
  const measured = totals.length > 0 ? totals : cases.length === 1 ? cases[0].rows : []
  return modes.flatMap((mode) => {
    const points = measured.flatMap((one): Point[] =>
      one.mode === mode && one.figures?.speedup != null ? [{ threads: one.threads, speedup: one.figures.speedup }] : [],
    )
    if (points.length === 0) return []
    const fitted = points.filter(({ threads }) => threads <= cores)
    return [{ mode, points, fitted, amdahl: fitAmdahl(fitted), universal: fitUniversal(fitted) }]
  })
}
