// Warming code: V8 compiles WebAssembly quickly first and well later, so new code runs until it is fast.
import { type Bindings, type Operation, type Plan, type Runner, Staged } from '@weft/core'

const LONGEST_MS = 60
const LEAST_ROUNDS = 8
/** Code that has been optimised takes less than this part of its first time. */
const OPTIMISED = 0.5

/** Runs the first and the last unit of each step until they are fast, on memory that holds nothing yet. */
export function warmUp(plan: Plan<Operation>, runner: Runner, at: Omit<Bindings, 'staged'>, cancelled: () => boolean): void {
  const deadline = performance.now() + LONGEST_MS
  let [first, best, round] = [0, Number.POSITIVE_INFINITY, 0]
  while (performance.now() < deadline && !cancelled() && (round < LEAST_ROUNDS || best > OPTIMISED * first)) {
    const start = performance.now()
    plan.steps.forEach(({ units }, step) => {
      runner(step, 0, 1, { ...at, staged: new Staged() }, cancelled)
      runner(step, units - 1, units, { ...at, staged: new Staged() }, cancelled)
    })
    const took = performance.now() - start
    if (round++ === 0) first = took
    best = Math.min(best, took)
  }
}
