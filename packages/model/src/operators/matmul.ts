// MatMul and Gemm.
import { floatAttribute, intAttribute } from '../graph/attributes.ts'
import { present } from './inputs.ts'
import type { Operator } from './operator.ts'

export const matMul: Operator = {
  opTypes: ['MatMul'],
  adapt: () => ({ kind: 'op', op: 'matMul', params: {}, data: [0, 1] }),
}

export const gemm: Operator = {
  opTypes: ['Gemm'],
  adapt(node, context) {
    const params = {
      alpha: floatAttribute(node, 'alpha', 1),
      beta: floatAttribute(node, 'beta', 1),
      transposeA: intAttribute(node, 'transA', 0) !== 0,
      transposeB: intAttribute(node, 'transB', 0) !== 0,
    }
    return { kind: 'op', op: 'gemm', params, data: present(context, 0, 1, 2) }
  },
}
