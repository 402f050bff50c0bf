// One layer: every entrant on the same data, results held against each other, then timed in turn.

import { operandsOf } from '@weft/commands/operands'
import { truthOf } from '@weft/commands/truth'
import type { FloatTensor } from '@weft/core'
import type { Case } from '../suites.ts'
import { type Entrant, judge, type Outcome } from './entrant.ts'
import type { LayersJob } from './job.ts'
import type { Workshop } from './workshop.ts'

/** Rounds in which each entrant has its turn. */
export const ROUNDS = 5
/** The first burst is also the first after a layer was made: allocators and compilers have not settled. */
const FIRST_WARM_MS = 40
/** The caches and the clock of a second core have been others' meanwhile: after 3 ms, none for layers that take longer, it was a third slower. */
const WARM_MS = 20

/** An entrant that has prepared something. */
export interface Started {
  readonly entrant: Entrant
  readonly outcome: Outcome
}

/** @param entrants weft with the fewest threads first */
export async function contest(
  entrants: readonly Entrant[],
  { problem }: Case,
  { minRuns, minMs }: Pick<LayersJob, 'minRuns' | 'minMs'>,
  workshop: Workshop,
): Promise<Outcome[]> {
  const { params, inputs } = operandsOf(problem.descriptor)
  const data = { x: inputs[0], weight: (params.weight as FloatTensor).data, bias: (params.bias as FloatTensor).data }
  const task = workshop.task(problem.descriptor, data)
  const truth = truthOf(problem.descriptor, data)
  const started: Started[] = []
  let first: Float32Array | null = null
  for (const entrant of entrants) {
    const outcome = await entrant.prepare('prepare', task)
    started.push({ entrant, outcome })
    const found = await entrant.check(outcome, workshop, (y) => judge(outcome, y, truth, first))
    if (entrant.impl === 'weft') first ??= found
  }
  await takeTurns(started, { minRuns, minMs })
  return started.map(({ outcome }) => outcome)
}

/** Where weft's time goes on each thread count. @param ms for at least so long on each */
export async function traceAll(
  entrants: readonly Entrant[],
  outcomes: readonly Outcome[],
  { problem }: Case,
  ms: number,
): Promise<void> {
  for (const [index, entrant] of entrants.entries())
    if (entrant.impl === 'weft') await entrant.trace(outcomes[index], problem.text, ms)
}

/** Rounds in which each has its turn, and the end of them all. */
export async function takeTurns(
  started: readonly Started[],
  { minRuns, minMs }: Pick<LayersJob, 'minRuns' | 'minMs'>,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const turn = { warmMs: round === 0 ? FIRST_WARM_MS : WARM_MS, runs: Math.ceil(minRuns / ROUNDS), ms: minMs / ROUNDS }
    // There and back again: what drifts slowly weighs on all alike.
    for (const { entrant, outcome } of round % 2 === 0 ? started : started.toReversed()) await entrant.turn(outcome, turn)
  }
  for (const { entrant, outcome } of started) await entrant.release(outcome)
}
