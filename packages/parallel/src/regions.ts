// Where a job's operands lie within the regions of its slots.
import { type Operation, type Plan, sizeOf } from '@weft/core'

export interface Region {
  readonly private: number
  readonly shared: number
  readonly x: number
  readonly y: number
  readonly residual: number
  readonly bytes: number
}

/** What a plan, or the largest of many, needs. */
export interface Scratch {
  readonly privateBytes: number
  readonly sharedBytes: number
}

interface Wants {
  readonly shared: boolean
  readonly xBytes: number
  readonly yBytes: number
  readonly residualBytes: number
}

/** A region with a worker's own memory, and room for a shared item, an input, an output and a residual where they are wanted. */
export function regionOf(scratch: Scratch, wants: Wants): Region {
  let at = 0
  const take = (bytes: number): number => {
    const from = at
    at += Math.ceil(bytes / 64) * 64
    return from
  }
  const [own, shared, x, y, residual] = [
    take(scratch.privateBytes),
    take(wants.shared ? scratch.sharedBytes : 0),
    take(wants.xBytes),
    take(wants.yBytes),
    take(wants.residualBytes),
  ]
  return { private: own, shared, x, y, residual, bytes: at }
}

/** Where an item that a layer's code is warmed on lies. */
export function warmRegion(plan: Plan<Operation>): Region {
  const { batch, xShape, yShape, residual } = plan.descriptor
  const bytes = (shape: readonly number[]) => (4 * sizeOf(shape)) / batch
  const yBytes = bytes(yShape)
  return regionOf(plan, { shared: true, xBytes: bytes(xShape), yBytes, residualBytes: residual ? yBytes : 0 })
}
