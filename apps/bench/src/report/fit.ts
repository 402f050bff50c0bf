// Curves of speed-up by threads, fitted to what was measured: Amdahl's law and the Universal Scalability Law.

export interface Point {
  readonly threads: number
  /** Time of one thread over that of so many. */
  readonly speedup: number
}

/**
 * S(n) = n / (1 + contention (n - 1) + coherency n (n - 1)), N. Gunther, Guerrilla Capacity Planning, 2007. Without coherency it
 * is Amdahl's law (AFIPS 1967), and contention his serial fraction.
 */
export interface Law {
  /** Part of the work that waits for its turn, whatever the threads: 0 to 1. */
  readonly contention: number
  /** What each pair of threads costs, as a part of the work. */
  readonly coherency: number
}

export function speedupOf({ contention, coherency }: Law, threads: number): number {
  return threads / (1 + contention * (threads - 1) + coherency * threads * (threads - 1))
}

/** The thread count beyond which more threads are slower; infinite without coherency. */
export function bestThreads({ contention, coherency }: Law): number {
  return coherency === 0 ? Number.POSITIVE_INFINITY : Math.sqrt((1 - contention) / coherency)
}

/** Different thread counts above one: what a law is fitted to, since at one every law is exact. */
export function countsToFit(points: readonly Point[]): number {
  return new Set(points.filter(({ threads }) => threads > 1).map(({ threads }) => threads)).size
}

/** Amdahl's law by the least squares of relative errors; null where no count is above one. */
export function fitAmdahl(points: readonly Point[]): Law | null {
  if (countsToFit(points) < 1) return null
  const { aa, ab } = sums(points)
  return { contention: within(ab / aa, 1), coherency: 0 }
}

/** The Universal Scalability Law likewise; null where fewer than two counts are above one, since it has two parameters. */
export function fitUniversal(points: readonly Point[]): Law | null {
  if (countsToFit(points) < 2) return null
  const { aa, ac, cc, ab, cb } = sums(points)
  const determinant = aa * cc - ac * ac
  const free = { contention: (ab * cc - cb * ac) / determinant, coherency: (cb * aa - ab * ac) / determinant }
  if (free.contention >= 0 && free.contention <= 1 && free.coherency >= 0) return free
  // Neither may be negative: the best of each alone is then the best there is.
  const edges = [
    { contention: within(ab / aa, 1), coherency: 0 },
    { contention: 0, coherency: Math.max(0, cb / cc) },
  ]
  return misfit(edges[0], points) <= misfit(edges[1], points) ? edges[0] : edges[1]
}

/** Root of the mean square of the law's relative errors. */
export function misfit(law: Law, points: readonly Point[]): number {
  const above = points.filter(({ threads }) => threads > 1)
  const squares = above.map(({ threads, speedup }) => (speedupOf(law, threads) / speedup - 1) ** 2)
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / above.length)
}

/**
 * Normal equations of n / S - 1 = contention (n - 1) + coherency n (n - 1): a the first factor, c the second, b the left side.
 * Times S / n each, so that a difference counts as a part of the speed-up.
 */
function sums(points: readonly Point[]) {
  const total = { aa: 0, ac: 0, cc: 0, ab: 0, cb: 0 }
  for (const { threads, speedup } of points) {
    const weight = speedup / threads
    const [a, b] = [weight * (threads - 1), 1 - weight]
    const c = a * threads
    total.aa += a * a
    total.ac += a * c
    total.cc += c * c
    total.ab += a * b
    total.cb += c * b
  }
  return total
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(0, value))
}
