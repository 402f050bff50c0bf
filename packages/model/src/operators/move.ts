// Numbers moved or repeated: Transpose, DepthToSpace, SpaceToDepth, Gather, Expand, Tile.
import { intAttribute, intsAttribute, stringAttribute } from '../graph/attributes.ts'
import { cannot, input } from './inputs.ts'
import type { Operator } from './operator.ts'

export const transpose: Operator = {
  opTypes: ['Transpose'],
  adapt(node, context) {
    const { shape } = input(node, context, 0)
    const reversed = shape.map((_, axis) => shape.length - 1 - axis)
    return { kind: 'op', op: 'transpose', params: { perm: intsAttribute(node, 'perm', reversed) }, data: [0] }
  },
}

export const depthToSpace: Operator = {
  opTypes: ['DepthToSpace'],
  adapt(node) {
    const mode = stringAttribute(node, 'mode', 'DCR')
    if (mode !== 'DCR' && mode !== 'CRD') throw cannot(node, `mode '${mode}' is unknown`)
    const params = { block: intAttribute(node, 'blocksize'), blockFirst: mode === 'DCR' }
    return { kind: 'op', op: 'depthToSpace', params, data: [0] }
  },
}

export const spaceToDepth: Operator = {
  opTypes: ['SpaceToDepth'],
  adapt: (node) => ({ kind: 'op', op: 'spaceToDepth', params: { block: intAttribute(node, 'blocksize') }, data: [0] }),
}

export const gather: Operator = {
  opTypes: ['Gather'],
  adapt: (node) => ({ kind: 'op', op: 'gather', params: { axis: intAttribute(node, 'axis', 0) }, data: [0, 1] }),
}

export const expand: Operator = {
  opTypes: ['Expand'],
  adapt: (_, context) => ({ kind: 'op', op: 'expand', params: { shape: context.needs(1) }, data: [0] }),
}

export const tile: Operator = {
  opTypes: ['Tile'],
  adapt: (_, context) => ({ kind: 'op', op: 'tile', params: { repeats: context.needs(1) }, data: [0] }),
}
