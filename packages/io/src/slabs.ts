// A long loop over pixels in pieces, so that the event loop is never held for more than a few milliseconds.
import { setImmediate as turn } from 'node:timers/promises'

const SLAB = 2 ** 19

/** Calls `work` for consecutive ranges [begin, end) that cover [0, count). */
export async function inSlabs(count: number, work: (begin: number, end: number) => void): Promise<void> {
  for (let begin = 0; begin < count; begin += SLAB) {
    if (begin > 0) await turn()
    work(begin, Math.min(begin + SLAB, count))
  }
}
