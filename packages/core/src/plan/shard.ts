// Work cut into shards: units of a step to ranges that workers claim one after the other.

export interface Range {
  readonly begin: number
  readonly end: number
}

/** Shards below this part of a worker's share of the work are not cut smaller: each costs a claim. */
const SMALLEST_PART = 1 / 32

/**
 * Consecutive ranges that cover [0, costs.length) once, large ones first: each takes half of what would be a worker's share of
 * the rest (guided self-scheduling, Polychronopoulos and Kuck 1987). Workers that started late or were held up claim fewer.
 */
export function shard(costs: Float64Array, workers: number): Range[] {
  if (workers === 1) return [{ begin: 0, end: costs.length }]
  const total = costs.reduce((sum, cost) => sum + cost, 0)
  const smallest = (total / workers) * SMALLEST_PART
  const ranges: Range[] = []
  let [begin, left] = [0, total]
  while (begin < costs.length) {
    const goal = Math.max(left / (2 * workers), smallest)
    let [end, taken] = [begin, 0]
    // A unit belongs to the shard that holds more than half of it, and no shard is empty.
    while (end < costs.length && (end === begin || taken + costs[end] / 2 <= goal)) taken += costs[end++]
    ranges.push({ begin, end })
    begin = end
    left -= taken
  }
  return ranges
}
