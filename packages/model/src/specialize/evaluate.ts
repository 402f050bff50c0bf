// An operator run while a network is specialised, where its inputs are known: shape arithmetic disappears.
import { OP_STORAGE, type OpPlan, type OpStorage, opNamed, sizeOf } from '@weft/core'
import type { Constant } from '../graph/graph.ts'
import { bytesOf } from './values.ts'

/** Results up to this size are always taken. */
const SMALL = 2 ** 16
/** All results together, beyond the bytes of the network's own constants. */
const MOST_BYTES = 2 ** 24

/** How many bytes may still be made of known numbers: a file of a few bytes must not ask for gigabytes. */
export class EvaluationBudget {
  #left: number

  constructor(constants: Iterable<Constant>) {
    this.#left = MOST_BYTES
    for (const { data } of constants) this.#left += data.byteLength
  }

  /** Whether the outputs of a plan are worth making now: no larger than its inputs, or small. */
  allows(plan: OpPlan): boolean {
    const made = plan.outputs.reduce((sum, info) => sum + bytesOf(info), 0)
    const given = plan.inputs.reduce((sum, info) => sum + (info === null ? 0 : bytesOf(info)), 0)
    if (made > Math.max(SMALL, given) || made > this.#left) return false
    this.#left -= made
    return true
  }
}

export function evaluate(plan: OpPlan, inputs: readonly (Constant | null)[]): Constant[] {
  const outputs = plan.outputs.map((info) => ({ ...info, data: new OP_STORAGE[info.dtype](sizeOf(info.shape)) }))
  wholeRun(plan)(
    inputs.map((input) => input?.data ?? null),
    outputs.map(({ data }) => data),
  )
  return outputs
}

/** Runs all units of a call, where there are any: of an output without elements an axis may be longer than memory. */
export function wholeRun(plan: OpPlan): (inputs: readonly (OpStorage | null)[], outputs: readonly OpStorage[]) => void {
  const op = opNamed(plan.op)
  const units = op.units(plan)
  return (inputs, outputs) => {
    if (units > 0) op.run(plan, inputs, outputs, 0, units)
  }
}
