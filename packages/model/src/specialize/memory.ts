// The memory plan: values that are never alive together share bytes.

export interface Lifetime {
  readonly bytes: number
  /** The first and the last step that the value is alive in. */
  readonly first: number
  readonly last: number
}

export interface MemoryPlan {
  readonly offsets: readonly number[]
  readonly bytes: number
}

/** Of a cache line, and of the widest vector. */
const ALIGNMENT = 64

/**
 * Largest values first, each at the lowest offset that is free for all of its life (greedy by size: Pisarchyk and Lee,
 * "Efficient memory management for deep neural net inference", 2020).
 */
export function planMemory(lifetimes: readonly Lifetime[]): MemoryPlan {
  const offsets = new Array<number>(lifetimes.length).fill(0)
  const order = lifetimes.map((_, index) => index).sort((a, b) => lifetimes[b].bytes - lifetimes[a].bytes || a - b)
  /** By offset. */
  const placed: number[] = []
  let total = 0
  for (const index of order) {
    const { bytes, first, last } = lifetimes[index]
    const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    let offset = 0
    for (const other of placed) {
      const life = lifetimes[other]
      if (life.last < first || life.first > last) continue
      if (offset + size <= offsets[other]) break
      offset = Math.max(offset, offsets[other] + Math.ceil(life.bytes / ALIGNMENT) * ALIGNMENT)
    }
    offsets[index] = offset
    total = Math.max(total, offset + size)
    placed.splice(lowerBound(placed, offsets, offset), 0, index)
  }
  return { offsets, bytes: total }
}

function lowerBound(placed: readonly number[], offsets: readonly number[], offset: number): number {
  let [low, high] = [0, placed.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (offsets[placed[middle]] < offset) low = middle + 1
    else high = middle
  }
  return low
}
