// Which inputs of a graph say shapes: those behind a value that must be known before the run.
import type { Graph } from '../graph/graph.ts'

/** Their outputs depend on shapes alone. */
const SHAPE_ONLY = new Set(['Shape', 'Size'])

export function inputsBehind(graph: Graph, value: string): string[] {
  const wanted = new Set([value])
  for (const node of graph.nodes.toReversed()) {
    if (SHAPE_ONLY.has(node.opType) || !node.outputs.some((name) => wanted.has(name))) continue
    for (const name of node.inputs) wanted.add(name)
  }
  return graph.inputs.map(({ name }) => name).filter((name) => wanted.has(name))
}
