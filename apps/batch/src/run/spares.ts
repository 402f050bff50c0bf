// Memory of pictures that were run, used again: what V8 must collect for every picture costs more than to decode it.
import { type Shape, sizeOf } from '@weft/core'

/** Numbers in all that are kept. */
const MOST = 2 ** 24

export class Spares {
  readonly #kept: Float32Array[] = []
  /** In all that are kept. */
  #numbers = 0

  take(shape: Shape): Float32Array {
    const size = sizeOf(shape)
    const index = this.#kept.findLastIndex(({ length }) => length === size)
    if (index < 0) return new Float32Array(size)
    this.#numbers -= size
    return this.#kept.splice(index, 1)[0]
  }

  /** What was taken, and is no longer in use. */
  give(numbers: Float32Array): void {
    this.#kept.push(numbers)
    this.#numbers += numbers.length
    // The oldest go: their sizes may not come again.
    while (this.#numbers > MOST) this.#numbers -= (this.#kept.shift() as Float32Array).length
  }

  clear(): void {
    this.#kept.length = 0
    this.#numbers = 0
  }
}
