// Lanes of 2 or 4 vectors exchanged: the pixels of tiles to vectors of equal phase, and back.
import { i8x16, local } from 'wasmati'
import type { VecLocal } from './parts.ts'

type Lanes = readonly [number, number, number, number]
// Lanes of two vectors, 0 to 3 of the first and 4 to 7 of the second, as the results of two shuffles.
const INTERLEAVE: readonly [Lanes, Lanes] = [
  [0, 4, 1, 5],
  [2, 6, 3, 7],
]
const EVERY_SECOND: readonly [Lanes, Lanes] = [
  [0, 2, 4, 6],
  [1, 3, 5, 7],
]
const [LOWER_HALVES, UPPER_HALVES]: readonly [Lanes, Lanes] = [
  [0, 1, 4, 5],
  [2, 3, 6, 7],
]

/** In place, with two spare vectors at most. Four vectors are transposed, which is its own way back. */
export function exchange(vectors: readonly VecLocal[], spare: () => VecLocal, way: 'apart' | 'together'): void {
  const [a, b, c, d] = vectors
  if (vectors.length === 2) {
    const first = pair(a, b, spare(), way === 'apart' ? EVERY_SECOND : INTERLEAVE)
    local.set(a, local.get(first))
    return
  }
  const [ab, cd] = [pair(a, b, spare(), INTERLEAVE), pair(c, d, spare(), INTERLEAVE)]
  local.set(a, shuffle(LOWER_HALVES, ab, cd))
  local.set(c, shuffle(LOWER_HALVES, b, d))
  local.set(d, shuffle(UPPER_HALVES, b, d))
  local.set(b, shuffle(UPPER_HALVES, ab, cd))
}

/** The first result in `spare`, which is returned, the second in `b`. */
function pair(a: VecLocal, b: VecLocal, spare: VecLocal, [first, second]: readonly [Lanes, Lanes]): VecLocal {
  local.set(spare, shuffle(first, a, b))
  local.set(b, shuffle(second, a, b))
  return spare
}

function shuffle(lanes: Lanes, a: VecLocal, b: VecLocal) {
  const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))
  return i8x16.shuffle(bytes, a, b)
}
