// One float of memory times each of some vectors, added to a sum each.
import type { Int, Machine, Vec } from '../isa/machine.ts'

/** Emits sums[i] += vectors[i] times the float there. @param spare holds it in every lane, where more than one product needs it */
export function emitSpread(m: Machine, sums: readonly Vec[], vectors: readonly Vec[], at: Int, offset: number, spare: Vec): void {
  if (m.masked !== null && sums.length === 1) {
    m.masked.maddFloat(sums[0], vectors[0], at, offset)
  } else {
    m.broadcast(spare, at, offset)
    sums.forEach((sum, index) => m.madd(sum, vectors[index], spare))
  }
}
