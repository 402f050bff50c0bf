// Where a job's operands lie within the regions of its slots.
import type { Plan } from '@weft/core'

export interface Region {
  readonly private: number
  readonly shared: number
  readonly x: number
  readonly y: number
  readonly residual: number
  readonly bytes: number
}

interface Wants {
  readonly shared: boolean
  readonly xBytes: number
  readonly yBytes: number
  readonly residualBytes: number
}

/** A region with a worker's own memory, and room for a shared item, an input, an output and a residual where they are wanted. */
export function regionOf(plan: Plan, wants: Wants): Region {
  let at = 0
  const take = (bytes: number): number => {
    const from = at
    at += Math.ceil(bytes / 64) * 64
    return from
  }
  const [own, shared, x, y, residual] = [
    take(plan.privateBytes),
    take(wants.shared ? plan.sharedBytes : 0),
    take(wants.xBytes),
    take(wants.yBytes),
    take(wants.residualBytes),
  ]
  return { private: own, shared, x, y, residual, bytes: at }
}
