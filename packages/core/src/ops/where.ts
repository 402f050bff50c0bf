// The first of two values where a condition holds, the second elsewhere, all broadcast.
import { blocksOf, elementsOf } from './blocks.ts'
import { broadcastShape, broadcastView } from './broadcast.ts'
import { expectDtype, needed, sameDtype } from './inputs.ts'
import type { Op, OpStorage, ValueInfo } from './op.ts'
import { eachRun, runStride, walkOf } from './strided.ts'

/** Inputs: condition (bool), the value where it holds, the value where it does not. */
export const where: Op = {
  name: 'where',
  infer(inputs) {
    const infos = [0, 1, 2].map((index) => needed('where', inputs, index))
    expectDtype('where', infos[0], 'bool')
    const shapes = infos.map((info) => info.shape)
    return [{ dtype: sameDtype('where', infos.slice(1)), shape: broadcastShape('where', shapes) }]
  },
  units: (plan) => blocksOf(plan),
  run(plan, inputs, [out], begin, end) {
    const [condition, a, b] = inputs as readonly OpStorage[]
    const { shape } = plan.outputs[0]
    const walk = walkOf(
      shape,
      plan.inputs.map((info) => broadcastView((info as ValueInfo).shape, shape)),
    )
    const [sc, sa, sb] = [0, 1, 2].map((index) => runStride(walk, index))
    const [first, last] = elementsOf(out.length, begin, end)
    eachRun(walk, first, last, (at, offsets, count) => {
      let [ic, ia, ib] = [offsets[0], offsets[1], offsets[2]]
      for (const end = at + count; at < end; at++, ic += sc, ia += sa, ib += sb) out[at] = condition[ic] !== 0 ? a[ia] : b[ib]
    })
  },
}
