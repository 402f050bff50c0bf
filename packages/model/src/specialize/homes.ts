// Homes: values that are made inside of others. What a concatenation would copy is made where it would be copied to.
import { sizeOf } from '@weft/core'
import type { Draft } from './draft.ts'
import { countOf } from './infer.ts'
import { bytesOf, type Values } from './values.ts'

interface Home {
  readonly root: string
  /** Bytes from the root's first on. */
  readonly at: number
}

export class Homes {
  readonly #homes = new Map<string, Home>()

  /** Where a root lies: in itself, or in the outermost value that it is a part of. */
  of(root: string): Home {
    let home: Home = { root, at: 0 }
    for (let next = this.#homes.get(root); next !== undefined; next = this.#homes.get(next.root)) {
      home = { root: next.root, at: home.at + next.at }
    }
    return home
  }

  /**
   * Takes in the parts of a concatenation that only puts one after the other, each made by a step and a part of nothing else.
   * False, and nothing done, where there are others.
   */
  adopt(draft: Draft, makers: ReadonlySet<string>, values: Values): boolean {
    if (draft.kind !== 'op' || draft.plan.op !== 'concat') return false
    const { shape } = draft.plan.outputs[0]
    const axis = draft.plan.params.axis as number
    if (sizeOf(shape.slice(0, axis < 0 ? axis + shape.length : axis)) !== 1) return false
    const roots = draft.inputs.map((name) => values.wholeRoot(name))
    const free = roots.every(
      (root, i) =>
        root !== null &&
        makers.has(root) &&
        !this.#homes.has(root) &&
        roots.indexOf(root) === i &&
        values.get(countOf(root)) === undefined,
    )
    if (!free) return false
    let at = 0
    draft.inputs.forEach((name, i) => {
      this.#homes.set(roots[i] as string, { root: draft.outputs[0], at })
      const value = values.get(name)
      at += value === undefined ? 0 : bytesOf(value.info)
    })
    return true
  }
}

/** The steps without concatenations whose parts are made in place. */
export function withoutConcats(steps: readonly Draft[], values: Values): { steps: Draft[]; homes: Homes } {
  const homes = new Homes()
  const makers = new Set(steps.flatMap(({ outputs }) => outputs))
  return { steps: steps.filter((draft) => !homes.adopt(draft, makers, values)), homes }
}
