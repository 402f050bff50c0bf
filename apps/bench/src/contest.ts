// One problem, every thread count and way: prepared, run in turn, held against one thread's bits.

import { freemem } from 'node:os'
import { operandsOf } from '@weft/commands/operands'
import { type ConvDescriptor, costOf, WeftError } from '@weft/core'
import type { Engine } from '@weft/parallel'
import { isKept, type Job } from './job.ts'
import { counted } from './layout.ts'
import { copiesOf } from './mode.ts'
import type { Case } from './suites.ts'
import { Trial } from './trial.ts'

/** Rounds in which each trial has its turn; one more comes before and is thrown away. */
export const ROUNDS = 5

/** @returns every trial with its samples or its trouble. @throws MEMORY when they do not fit into this machine together. */
export async function contest(
  engines: readonly Engine[],
  { problem }: Case,
  job: Job,
  say: (text: string) => void,
): Promise<Trial[]> {
  const d = problem.descriptor
  checkMemory(d, job)
  const operands = operandsOf(d)
  const trials = job.modes.flatMap((mode) => engines.map((engine) => new Trial(engine, mode)))
  try {
    for (const trial of trials) {
      say(`prepare ${nameOf(trial)}`)
      await trial.prepare(d, operands, job.kernel)
    }
    const single = trials[0]
    const expected = await single.reference(operands)
    if (single.trouble !== null)
      for (const trial of trials) trial.trouble ??= `not run, since one thread failed: ${single.trouble}`
    for (const trial of trials) await trial.check(expected)
    for (let round = 0; round <= ROUNDS; round++) {
      // There and back again: what drifts slowly weighs on all alike.
      for (const trial of round % 2 === 0 ? trials : trials.toReversed()) {
        say(`round ${round} of ${ROUNDS}, ${nameOf(trial)}`)
        await trial.turn(Math.ceil(job.minRuns / ROUNDS), job.minMs / ROUNDS, round > 0)
      }
    }
    for (const trial of trials) await trial.check(expected)
    // A network of one layer takes the kernel of weft's choice, and all threads share its items.
    const traced = isKept(job) && job.kernel === undefined ? trials.filter(({ mode }) => mode === 'channels') : []
    for (const trial of traced) {
      say(`trace ${nameOf(trial)}`)
      await trial.trace(d, operands, job.minMs / ROUNDS)
    }
    return trials
  } finally {
    for (const trial of trials) await trial.close()
  }
}

function nameOf({ mode, threads }: Trial): string {
  return `${mode}, ${counted(threads)}`
}

/** All trials of a problem are resident at once, or they could not take turns. */
function checkMemory(d: ConvDescriptor, { modes, threads }: Job): void {
  const copies = modes.flatMap((mode) => threads.map((count) => copiesOf(mode, count))).reduce((sum, count) => sum + count, 0)
  const [needed, free] = [copies * costOf(d).bytes, process.availableMemory?.() ?? freemem()]
  if (needed <= free) return
  throw new WeftError(
    'MEMORY',
    `${copies} copies need ${gib(needed)} together, ${gib(free)} are free: measure fewer --threads, or one --mode`,
    { needed, free },
  )
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
