// Work cut into shards: units of a step to ranges of nearly equal cost, one a worker.

export interface Range {
  readonly begin: number
  readonly end: number
}

/** Exactly `parts` consecutive ranges that cover [0, costs.length) once; some are empty where there are fewer units. */
export function shard(costs: Float64Array, parts: number): Range[] {
  const total = costs.reduce((sum, cost) => sum + cost, 0)
  const ranges: Range[] = []
  let [begin, done] = [0, 0]
  for (let part = 1; part <= parts; part++) {
    const goal = (total * part) / parts
    let end = begin
    // A unit goes to the shard that holds more than half of it.
    while (end < costs.length && (part === parts || done + costs[end] / 2 <= goal)) done += costs[end++]
    ranges.push({ begin, end })
    begin = end
  }
  return ranges
}
