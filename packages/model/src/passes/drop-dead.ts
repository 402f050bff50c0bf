// Nodes whose outputs nobody reads, and constants that no node does.
import type { Graph } from '../graph/graph.ts'

export function dropDead(graph: Graph): number {
  const wanted = new Set(graph.outputs.map(({ name }) => name))
  const kept = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => wanted.has(name))) return false
    for (const name of node.inputs) wanted.add(name)
    return true
  })
  const dropped = graph.nodes.length - kept.length
  graph.nodes = kept.reverse()
  for (const name of [...graph.constants.keys()]) if (!wanted.has(name)) graph.constants.delete(name)
  return dropped
}
