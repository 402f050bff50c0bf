// Work cut into shards: units of a step to ranges that workers claim, each worker those of its own lot first.

export interface Range {
  readonly begin: number
  readonly end: number
}

/** Shards below this part of a worker's share of the work are not cut smaller: each costs a claim. */
const SMALLEST_PART = 1 / 32

/**
 * Consecutive ranges that cover [0, costs.length) once, in a lot for each worker of the same cost, about. In a lot large ones come
 * first: each takes half of the rest (guided self-scheduling, Polychronopoulos and Kuck 1987, within each worker's own part). A
 * worker that started late or was held up leaves more of its lot to others. The same cut is made for each step of a
 * network, so that what a worker reads it has written itself, for the most part.
 */
export function shard(costs: Float64Array, workers: number): Range[][] {
  const share = costs.reduce((sum, cost) => sum + cost, 0) / workers
  let [end, taken] = [0, 0]
  return Array.from({ length: workers }, (_, worker) => {
    const begin = end
    const goal = (worker + 1) * share
    // A unit belongs to the lot that holds more than half of it.
    while (end < costs.length && (worker === workers - 1 || taken + costs[end] / 2 <= goal)) taken += costs[end++]
    return workers === 1 ? [{ begin, end }] : lotOf(costs, { begin, end }, share * SMALLEST_PART)
  })
}

function lotOf(costs: Float64Array, { begin: first, end: last }: Range, smallest: number): Range[] {
  const ranges: Range[] = []
  let [begin, left] = [first, costs.subarray(first, last).reduce((sum, cost) => sum + cost, 0)]
  while (begin < last) {
    const goal = Math.max(left / 2, smallest)
    let [end, taken] = [begin, 0]
    // No shard is empty.
    while (end < last && (end === begin || taken + costs[end] / 2 <= goal)) taken += costs[end++]
    ranges.push({ begin, end })
    begin = end
    left -= taken
  }
  return ranges
}
