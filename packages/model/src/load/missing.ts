// Operators that there are no adapters for: all of them, before anything runs.
import { WeftError } from '@weft/core'
import type { Graph } from '../graph/graph.ts'
import { operatorOf } from '../operators/registry.ts'

const MOST_NAMED = 5

/** @throws MODEL, naming every missing operator with its nodes */
export function checkOperators(graph: Graph, name: string): void {
  const missing = new Map<string, string[]>()
  for (const node of graph.nodes) {
    if (operatorOf(node.opType, node.domain) !== undefined) continue
    const type = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`
    const nodes = missing.get(type) ?? []
    missing.set(type, nodes)
    nodes.push(`'${node.name || node.outputs[0]}'`)
  }
  if (missing.size === 0) return
  const list = [...missing].map(([type, nodes]) => {
    const more = nodes.length > MOST_NAMED ? ` and ${nodes.length - MOST_NAMED} more` : ''
    return `${type} (${nodes.slice(0, MOST_NAMED).join(', ')}${more})`
  })
  throw new WeftError('MODEL', `${name} needs operators that weft does not have: ${list.join('; ')}`)
}
