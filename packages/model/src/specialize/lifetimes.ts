// From which step to which each value must keep its bytes.
import type { Graph } from '../graph/graph.ts'
import type { Draft } from './draft.ts'
import type { Homes } from './homes.ts'
import { countOf } from './infer.ts'
import type { Lifetime } from './memory.ts'
import { bytesOf, type Values } from './values.ts'

/** By the name of the value; views, and parts of others, live as those. Inputs begin before the first step, outputs outlive the last. */
export function lifetimes(graph: Graph, values: Values, steps: readonly Draft[], homes: Homes): Map<string, Lifetime> {
  const lives = new Map<string, Lifetime>()
  const touch = (name: string, step: number) => {
    const value = values.get(name)
    if (value === undefined || value.known !== null) return
    const { root } = homes.of(value.root)
    const life = lives.get(root) ?? { bytes: bytesOf((values.get(root) ?? value).info), first: step, last: step }
    lives.set(root, { ...life, last: step })
  }
  for (const { name } of graph.inputs) touch(name, -1)
  steps.forEach(({ inputs, outputs }, step) => {
    for (const name of [...inputs, ...outputs]) touch(name, step)
  })
  for (const { name } of graph.outputs) {
    touch(name, steps.length)
    touch(countOf(values.get(name)?.root ?? name), steps.length)
  }
  return lives
}
