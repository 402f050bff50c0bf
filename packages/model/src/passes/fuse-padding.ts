// Pad over rows and columns, then Conv or AveragePool: the windows reach into the padding.
import type { PaddingMode } from '@weft/core'
import { floatAttribute, intAttribute, intsAttribute, stringAttribute } from '../graph/attributes.ts'
import { GraphEdit } from '../graph/edit.ts'
import type { Graph, Node } from '../graph/graph.ts'

const MODES: ReadonlyMap<string, PaddingMode> = new Map([
  ['constant', 'zeros'],
  ['reflect', 'reflect'],
  ['edge', 'replicate'],
  ['wrap', 'circular'],
])

const WINDOWS = ['Conv', 'AveragePool']

export function fusePadding(graph: Graph): number {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (node.opType !== 'Pad' || node.domain !== '') continue
    const next = edit.soleReader(node)
    if (next === null || !WINDOWS.includes(next.opType) || next.inputs[0] !== node.outputs[0]) continue
    const pads = spatialPads(node, edit)
    const padding = pads && joined(MODES.get(stringAttribute(node, 'mode', 'constant')), pads, next)
    if (!padding) continue
    next.attributes = { ...next.attributes, pads: padding.pads, auto_pad: 'NOTSET' }
    if (next.opType === 'Conv') next.fused = { ...next.fused, paddingMode: padding.mode }
    else next.attributes.count_include_pad = 1
    edit.bypass(node, node.inputs[0])
  }
  return edit.done()
}

/** Begins, then ends, of the spatial axes; null where they are not known, pad the batch or channels, crop, or pad with other than zero. */
function spatialPads(node: Node, edit: GraphEdit): readonly number[] | null {
  const pads = node.inputs[1] ? edit.constant(node.inputs[1])?.data : intsAttribute(node, 'pads', [])
  const value = node.inputs[2] ? edit.constant(node.inputs[2])?.data[0] : floatAttribute(node, 'value', 0)
  const constant = stringAttribute(node, 'mode', 'constant') === 'constant'
  if (pads === undefined || pads.length < 6 || pads.length % 2 !== 0 || node.inputs[3] || (constant && value !== 0)) return null
  const rank = pads.length / 2
  const outer = [pads[0], pads[1], pads[rank], pads[rank + 1]]
  if (outer.some((pad) => pad !== 0) || pads.some((pad) => pad < 0)) return null
  return [...pads.slice(2, rank), ...pads.slice(rank + 2)]
}

/** Zeros add up with zeros; other modes stand alone. */
function joined(
  mode: PaddingMode | undefined,
  pads: readonly number[],
  conv: Node,
): { pads: number[]; mode: PaddingMode } | null {
  if (mode === undefined || conv.fused.paddingMode !== undefined) return null
  if (!['NOTSET', '', 'VALID'].includes(stringAttribute(conv, 'auto_pad', 'NOTSET'))) return null
  const own = intsAttribute(
    conv,
    'pads',
    pads.map(() => 0),
  )
  if (conv.opType === 'AveragePool' && !countsPadding(conv, mode, own)) return null
  if (own.length !== pads.length || (mode !== 'zeros' && own.some((pad) => pad !== 0))) return null
  return { pads: pads.map((pad, i) => pad + own[i]), mode }
}

/** Whether pixels of the Pad may become padding of the pooling: it has none that it does not count, and no windows beyond it. */
function countsPadding(pool: Node, mode: PaddingMode, own: readonly number[]): boolean {
  const counts = intAttribute(pool, 'count_include_pad', 0) !== 0 || own.every((pad) => pad === 0)
  return mode === 'zeros' && counts && intAttribute(pool, 'ceil_mode', 0) === 0
}
