// Rounds: the times of a measurement, apart by the turns they were taken in, since what drifts between turns is noise too.

/** Milliseconds, in the order they were taken. */
export type Rounds = readonly (readonly number[])[]

/** So many of a round are kept: a median's interval hardly narrows with more, and files stay small. */
const KEPT = 60
const DIGITS = 5

/** As results keep them: evenly thinned, five digits each, no round without a time. */
export function keptRounds(rounds: Rounds): number[][] {
  return rounds.filter((round) => round.length > 0).map(thinned)
}

function thinned(round: readonly number[]): number[] {
  const step = Math.max(1, round.length / KEPT)
  const count = Math.min(KEPT, round.length)
  return Array.from({ length: count }, (_, index) => Number(round[Math.floor(index * step)].toPrecision(DIGITS)))
}
