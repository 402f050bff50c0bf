// Homes: values that are made inside of others. What a concatenation would copy is made where it would be copied to.
import { sizeOf } from '@weft/core'
import type { Draft, OpDraft } from './draft.ts'
import { countOf } from './infer.ts'
import { bytesOf, type Value, type Values } from './values.ts'

interface Home {
  readonly root: string
  /** Bytes from the root's first on. */
  readonly at: number
}

/** A value that is put together with others, and bytes from the first of them on. */
interface Part {
  readonly root: string
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
   * Whether a concatenation needs no step: it only puts one part after the other, and these can be made in it, each made by a step
   * and a part of nothing else; or they lie side by side already, in a concatenation of more.
   */
  adopt({ plan, inputs, outputs: [output] }: OpDraft, makers: ReadonlySet<string>, values: Values): boolean {
    const { shape } = plan.outputs[0]
    const axis = plan.params.axis as number
    if (sizeOf(shape.slice(0, axis < 0 ? axis + shape.length : axis)) !== 1) return false
    const parts: Part[] = []
    let at = 0
    for (const name of inputs) {
      const root = values.wholeRoot(name)
      if (root === null || !makers.has(root) || values.get(countOf(root)) !== undefined) return false
      parts.push({ root, at })
      at += bytesOf((values.get(name) as Value).info)
    }
    const free = parts.every(({ root }, i) => !this.#homes.has(root) && parts.findIndex((part) => part.root === root) === i)
    if (free) for (const { root, at } of parts) this.#homes.set(root, { root: output, at })
    else if (this.#homes.has(output) || !this.#together(parts)) return false
    else this.#homes.set(output, this.of(parts[0].root))
    return true
  }

  /** Whether parts lie where a concatenation that begins with the first one has them. */
  #together(parts: readonly Part[]): boolean {
    const first = this.of(parts[0].root)
    return parts.every(({ root, at }) => {
      const home = this.of(root)
      return home.root === first.root && home.at === first.at + at
    })
  }
}

/** The steps without concatenations whose parts are made in place. The largest have the first choice: others may be parts of theirs. */
export function withoutConcats(steps: readonly Draft[], values: Values): { steps: Draft[]; homes: Homes } {
  const homes = new Homes()
  const makers = new Set(steps.flatMap(({ outputs }) => outputs))
  const concats = steps.filter((draft): draft is OpDraft => draft.kind === 'op' && draft.plan.op === 'concat').reverse()
  const size = ({ plan }: OpDraft) => bytesOf(plan.outputs[0])
  const needless = new Set<Draft>(concats.sort((a, b) => size(b) - size(a)).filter((draft) => homes.adopt(draft, makers, values)))
  return { steps: steps.filter((draft) => !needless.has(draft)), homes }
}
