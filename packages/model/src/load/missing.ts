// Operators that there are no adapters for: all of them, before anything runs.
import { WeftError } from '@weft/core'
import type { Graph } from '../graph/graph.ts'
import { firstOpset, operatorOf } from '../operators/registry.ts'

const MOST_NAMED = 5

/** @throws MODEL, naming every missing operator with its nodes */
export function checkOperators(graph: Graph, name: string): void {
  const missing = new Map<string, string[]>()
  for (const node of graph.nodes) {
    const old = node.domain === '' && graph.opset < firstOpset(node.opType)
    if (operatorOf(node.opType, node.domain) !== undefined && !old) continue
    const name = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`
    const type = old ? `${name} of opset ${graph.opset} (it reads ${firstOpset(node.opType)} and later)` : name
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
