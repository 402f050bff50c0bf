// How fast one core moves memory: a copy too large for the caches.

export interface CopySpeed {
  /** Read and written together, in billions of bytes a second. */
  readonly gbPerSecond: number
  readonly bytes: number
}

const BYTES = 64 * 1024 * 1024
const TIMES = 5

export function measureCopy(): CopySpeed {
  const [from, to] = [new Uint8Array(BYTES).fill(1), new Uint8Array(BYTES)]
  // The first copy also makes the system find the pages: it is not timed.
  to.set(from)
  let best = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < TIMES; turn++) {
    const start = performance.now()
    to.set(from)
    best = Math.min(best, performance.now() - start)
  }
  return { gbPerSecond: (2 * BYTES) / best / 1e6, bytes: BYTES }
}
