// One network: every entrant on the same input, outputs held against each other, then timed in turn.

import { difference, filled } from '@weft/commands/operands'
import { type Started, takeTurns } from '../layers/contest.ts'
import type { Entrant, Outcome } from '../layers/entrant.ts'
import type { ModelTask } from '../layers/protocol.ts'
import type { Workshop } from '../layers/workshop.ts'
import type { ModelJob } from './job.ts'

/** Over the range of all outputs. */
export const WORST_ERROR = 1e-3

/** @param entrants weft with the fewest threads first */
export async function contestModel(entrants: readonly Entrant[], job: ModelJob, workshop: Workshop): Promise<Outcome[]> {
  const inputs = Object.entries(job.shapes).map(([name, shape], index) => ({
    name,
    shape,
    x: workshop.put(`x${index}`, filled(shape, 3 + index).data),
  }))
  const task: ModelTask = { model: job.model, inputs }
  const started: Started[] = []
  let first: Float32Array | null = null
  for (const entrant of entrants) {
    const outcome = await entrant.prepare('prepareModel', task)
    started.push({ entrant, outcome })
    const found = await entrant.check(outcome, workshop, (outputs) => judgeModel(outcome, outputs, first))
    first ??= found
  }
  await takeTurns(started, job)
  return started.map(({ outcome }) => outcome)
}

/** @param first the outputs of weft with the fewest threads, null for those themselves */
export function judgeModel(outcome: Outcome, found: Float32Array, first: Float32Array | null): void {
  outcome.error = first === null ? 0 : errorOf(found, first)
  if (found.some((value) => !Number.isFinite(value))) outcome.trouble = 'its outputs have numbers that are not finite'
  else if (outcome.error > WORST_ERROR) {
    outcome.trouble = `its outputs are ${outcome.error.toExponential(1)} of their range away from those of weft`
  } else if (outcome.impl === 'weft' && first !== null) {
    const bits = difference(found, first)
    if (bits !== null) outcome.trouble = `${outcome.threads} threads: ${bits}`
  }
}

function errorOf(found: Float32Array, first: Float32Array): number {
  if (found.length !== first.length) return Number.POSITIVE_INFINITY
  let [least, most, apart] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const [i, value] of first.entries()) {
    least = Math.min(least, value)
    most = Math.max(most, value)
    apart = Math.max(apart, Math.abs(found[i] - value))
  }
  return apart === 0 ? 0 : apart / (most - least)
}
