// BatchNormalization, InstanceNormalization, LayerNormalization and LRN.
import { floatAttribute, intAttribute } from '../graph/attributes.ts'
import { cannot, present } from './inputs.ts'
import type { Operator } from './operator.ts'

/** Training mode is an attribute from opset 14; older models with more outputs than one are run as if they had one. */
export const batchNormalization: Operator = {
  opTypes: ['BatchNormalization'],
  adapt(node, { opset }) {
    if (opset < 9 && intAttribute(node, 'spatial', 1) === 0)
      throw cannot(node, 'statistics of each pixel (spatial = 0) are not known to weft')
    const epsilon = floatAttribute(node, 'epsilon', 1e-5)
    const data = [0, 1, 2, 3, 4]
    if (opset < 14 || intAttribute(node, 'training_mode', 0) === 0)
      return { kind: 'op', op: 'batchNorm', params: { epsilon }, data }
    return { kind: 'op', op: 'batchNormTraining', params: { epsilon, momentum: floatAttribute(node, 'momentum', 0.9) }, data }
  },
}

export const instanceNormalization: Operator = {
  opTypes: ['InstanceNormalization'],
  adapt(node) {
    return { kind: 'op', op: 'instanceNorm', params: { epsilon: floatAttribute(node, 'epsilon', 1e-5) }, data: [0, 1, 2] }
  },
}

export const layerNormalization: Operator = {
  opTypes: ['LayerNormalization'],
  adapt(node, context) {
    const params = { axis: intAttribute(node, 'axis', -1), epsilon: floatAttribute(node, 'epsilon', 1e-5) }
    return { kind: 'op', op: 'layerNorm', params, data: present(context, 0, 1, 2) }
  },
}

export const lrn: Operator = {
  opTypes: ['LRN'],
  adapt(node) {
    const params = {
      size: intAttribute(node, 'size'),
      alpha: floatAttribute(node, 'alpha', 1e-4),
      beta: floatAttribute(node, 'beta', 0.75),
      bias: floatAttribute(node, 'bias', 1),
    }
    return { kind: 'op', op: 'lrn', params, data: [0] }
  },
}
