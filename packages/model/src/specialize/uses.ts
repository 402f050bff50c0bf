// How many inputs of steps, and outputs of the network, a value is, with all views of it.
import type { Draft } from './draft.ts'
import type { Values } from './values.ts'

/** By the name of what the value is, or is a view of. */
export function countUses(drafts: readonly Draft[], outputs: readonly string[], values: Values): Map<string, number> {
  const uses = new Map<string, number>()
  for (const name of [...drafts.flatMap((draft) => draft.inputs), ...outputs]) {
    const root = values.get(name)?.root ?? name
    uses.set(root, (uses.get(root) ?? 0) + 1)
  }
  return uses
}
