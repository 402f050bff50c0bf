// A resident: a convolution, or a chain of them, planned and compiled, its packed weights in the arena, known to threads by a number.
import { type Code, type Operation, type Plan, type Refusal, type Selected, shard } from '@weft/core'
import type { Host } from './host.ts'
import type { Definition, Lots } from './messages.ts'

export class Resident<D extends Operation = Operation> implements Definition {
  readonly id: number
  readonly plan: Plan<D>
  readonly code: Code
  /** The shards of each step, for a gang of every worker. */
  readonly shards: readonly Lots[]
  readonly packed: number
  readonly refusals: readonly Refusal[]
  readonly #host: Host

  /** @throws MEMORY */
  constructor(host: Host, { kernel, plan, refusals }: Selected<D>) {
    this.#host = host
    this.plan = plan
    this.refusals = refusals
    this.shards = plan.steps.map((_, step) => shard(kernel.costs(plan, step), host.threads))
    this.code = host.compile(kernel.functions(plan))
    this.packed = host.arena.allocate(plan.packedBytes)
    this.id = host.takeId()
  }

  /** What a thread is told. */
  get definition(): Definition {
    const { plan, code, shards, packed } = this
    return { plan, code, shards, packed }
  }

  /** Gives memory and number back; no run may need them any more. */
  release(): void {
    this.#host.member.forget(this.id)
    this.#host.arena.free(this.packed)
    this.#host.giveId(this.id)
  }
}
