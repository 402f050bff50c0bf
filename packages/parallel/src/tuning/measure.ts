// Median times of rivals that run in turn.

export interface Rival {
  readonly kernel: string
  readonly run: () => Promise<unknown>
}

/** Rounds in which each rival has its turn, after one that is thrown away. */
const ROUNDS = 5
/** Runs of a turn at least, and milliseconds. */
const [LEAST_RUNS, LEAST_MS] = [2, 5]

/** @param now milliseconds. @returns median microseconds of a run, by kernel. */
export async function measureRivals(rivals: readonly Rival[], now: () => number): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>(rivals.map(({ kernel }) => [kernel, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    // There and back again: what drifts slowly weighs on all alike.
    for (const { kernel, run } of round % 2 === 0 ? rivals : rivals.toReversed()) {
      for (let [runs, spent] = [0, 0]; runs < LEAST_RUNS || spent < LEAST_MS; runs++) {
        const start = now()
        await run()
        const took = now() - start
        spent += took
        if (round > 0) samples.get(kernel)?.push(took * 1000)
      }
    }
  }
  return new Map([...samples].map(([kernel, times]) => [kernel, medianOf(times)]))
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
