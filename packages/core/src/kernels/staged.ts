// What a thread has staged in its private memory: one thing at a time, from a unit of a step to the next.

/** Named by whose it is, the place of its item's input, and a number that the owner gives it. */
export interface Held {
  readonly plan: object
  readonly x: number
  readonly key: number
}

/** Of one stretch of work: when it begins nothing is staged, since other numbers may lie in the same places by then. */
export class Staged {
  held: Held | null = null

  /** Whether it is there. Who asks depends on the units before; what asks not must not depend on them. */
  has({ plan, x, key }: Held): boolean {
    const { held } = this
    return held !== null && held.key === key && held.x === x && held.plan === plan
  }
}
