// Runs: neighbours that are alike.

export interface Run {
  readonly first: number
  readonly count: number
}

/** Cuts 0 to `count` where the key changes. */
export function runsOf(count: number, keyOf: (index: number) => string): Run[] {
  const runs: { first: number; count: number }[] = []
  for (let index = 0; index < count; index++) {
    const last = runs.at(-1)
    if (last && keyOf(last.first) === keyOf(index)) last.count++
    else runs.push({ first: index, count: 1 })
  }
  return runs
}
