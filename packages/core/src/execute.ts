// Running a compiled plan: an item from first step to last, on one thread.
import type { Operation } from './conv/descriptor.ts'
import type { Bindings, Plan, Runner } from './kernels/kernel.ts'

const never = (): boolean => false

/** Runs every unit of every step in order. Returns false when `cancelled` stopped it. */
export function runAlone(plan: Plan<Operation>, runner: Runner, at: Bindings, cancelled: () => boolean = never): boolean {
  return plan.steps.every(({ units }, step) => runner(step, 0, units, at, cancelled))
}
