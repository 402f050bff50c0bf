// An operator run while a network is specialised, where its inputs are known: shape arithmetic disappears.
import { OP_STORAGE, type OpPlan, opNamed, sizeOf } from '@weft/core'
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
  const op = opNamed(plan.op)
  const outputs = plan.outputs.map((info) => ({ ...info, data: new OP_STORAGE[info.dtype](sizeOf(info.shape)) }))
  const units = op.units(plan)
  const data = outputs.map((output) => output.data)
  const given = inputs.map((input) => input?.data ?? null)
  // Of an output without elements an axis may be longer than any memory.
  if (units > 0) op.run(plan, given, data, 0, units)
  return outputs
}
