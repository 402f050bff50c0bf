// How fast one core moves memory: a copy, too large for the caches unless it is told to be smaller.

export interface CopySpeed {
  /** Read and written together, in billions of bytes a second. */
  readonly gbPerSecond: number
  /** What was copied. */
  readonly bytes: number
}

const BYTES = 64 * 1024 * 1024
const TIMES = 5
/** What the clock resolves; small copies are made so often that they last as long together. */
const LEAST_MS = 0.2

/** The best of at least five copies and `ms` milliseconds. */
export function measureCopy(bytes = BYTES, ms = 0): CopySpeed {
  const [from, to] = [new Uint8Array(bytes).fill(1), new Uint8Array(bytes)]
  // The first copy also makes the system find the pages: it is not timed.
  to.set(from)
  let [best, together] = [Number.POSITIVE_INFINITY, 1]
  for (let [turn, spent] = [0, 0]; turn < TIMES || spent < ms; turn++) {
    const start = performance.now()
    for (let copy = 0; copy < together; copy++) to.set(from)
    const took = performance.now() - start
    best = Math.min(best, took / together)
    spent += took
    if (took < LEAST_MS) together *= 2
  }
  return { gbPerSecond: (2 * bytes) / best / 1e6, bytes }
}
