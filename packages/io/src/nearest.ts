// The names most like one that is not there.

// Enough to tell names apart; keeps a header full of huge names cheap.
const MAX_LENGTH = 100
const MAX_NAMES = 10_000

/** The `count` nearest of `names`, nearest first: those that contain the name or lie in it, then by edit distance. */
export function nearest(wanted: string, names: readonly string[], count: number): string[] {
  const scored = names
    .slice(0, MAX_NAMES)
    .map((name) => ({ name, distance: distance(wanted.slice(0, MAX_LENGTH), name.slice(0, MAX_LENGTH)) }))
  scored.sort((a, b) => a.distance - b.distance)
  return scored.slice(0, count).map(({ name }) => name)
}

function distance(a: string, b: string): number {
  if (a !== '' && b !== '' && (a.includes(b) || b.includes(a))) return 0
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1))
    }
    row = next
  }
  return row[b.length]
}
