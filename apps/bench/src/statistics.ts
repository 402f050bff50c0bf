// Statistics of a sample. Our own and not tinybench's: it ends one task before it begins the next, where rows here take
// turns, and it has no 10th and 90th percentile.

const QUANTILES = {
  min: 0,
  p1: 0.01,
  p5: 0.05,
  p10: 0.1,
  p25: 0.25,
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  max: 1,
} as const

export type Summary = Readonly<Record<keyof typeof QUANTILES, number>> & {
  readonly runs: number
  readonly mean: number
  /** Standard deviation, of a sample. */
  readonly deviation: number
  /** Median of the distances to the median. */
  readonly mad: number
}

/** @param samples at least one, in any order */
export function summarise(samples: readonly number[]): Summary {
  const sorted = Float64Array.from(samples).sort()
  const quantiles = Object.fromEntries(Object.entries(QUANTILES).map(([name, part]) => [name, quantile(sorted, part)]))
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const median = quantile(sorted, 0.5)
  return {
    ...(quantiles as Record<keyof typeof QUANTILES, number>),
    runs: sorted.length,
    mean,
    deviation: sorted.length > 1 ? Math.sqrt(squares / (sorted.length - 1)) : 0,
    mad: quantile(sorted.map((value) => Math.abs(value - median)).sort(), 0.5),
  }
}

/** The value below which `part` of a sorted sample lies, between two neighbours by how near it is to each. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  const at = part * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (at - below) * (sorted[above] - sorted[below])
}
