// Cast: to the type that weft computes the wanted one in; float16 and double are float32 already.
import { intAttribute } from '../graph/attributes.ts'
import { describeNode } from '../graph/graph.ts'
import { dataType } from '../onnx/data-type.ts'
import { input } from './inputs.ts'
import type { Operator } from './operator.ts'

export const cast: Operator = {
  opTypes: ['Cast'],
  adapt(node, context) {
    const to = dataType(intAttribute(node, 'to'), `attribute 'to' of ${describeNode(node)}`).dtype
    const x = input(node, context, 0)
    return x.dtype === to
      ? { kind: 'view', input: 0, views: [{ from: 0, shape: x.shape }] }
      : { kind: 'op', op: 'cast', params: { to }, data: [0] }
  },
}
