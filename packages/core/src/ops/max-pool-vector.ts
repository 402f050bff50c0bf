// The vector path of maxPool: the staging and the tiles of the depthwise kernel, with the largest pixel in place of the sum.
import { describeConv } from '../conv/descriptor.ts'
import type { MachineTraits } from '../isa/machine.ts'
import { planDepthwise } from '../kernels/depthwise/plan.ts'
import { depthwise, MOST_TAPS } from '../kernels/depthwise.ts'
import { Staged } from '../kernels/staged.ts'
import type { OpPlan, ValueInfo } from './op.ts'
import type { WindowParams } from './pool-window.ts'
import type { VectorPath } from './vector.ts'

export function maxPoolVector(plan: OpPlan<WindowParams>, traits: MachineTraits): VectorPath | null {
  const [{ dtype, shape: x }] = plan.inputs as ValueInfo[]
  const { shape: y } = plan.outputs[0]
  if (dtype !== 'float32' || x.length !== 4 || y.includes(0)) return null
  const { kernel, stride, dilation, before } = plan.params
  if (kernel[0] * kernel[1] > MOST_TAPS) return null
  const channels = x[0] * x[1]
  // As much after the pixels as the windows of the output reach, whatever the rule that their number follows.
  const padding = kernel.map((taps, axis): [number, number] => {
    const reach = (y[axis + 2] - 1) * stride[axis] + (taps - 1) * dilation[axis] + 1
    return [before[axis], Math.max(0, reach - before[axis] - x[axis + 2])]
  })
  const d = describeConv([channels, x[2], x[3]], [channels, 1, ...kernel], false, { groups: channels, stride, dilation, padding })
  if (depthwise.refuses(d, traits) !== null) return null
  const pooled = planDepthwise(d, traits, 'max')
  return {
    privateBytes: pooled.privateBytes,
    units: pooled.steps[0].units,
    functions: depthwise.functions(pooled),
    runner(code, memory) {
      const run = depthwise.runner(pooled, code, memory)
      const staged = new Staged()
      return (begin, end, at, cancelled) => {
        const [x, y] = [at.inputs[0], at.outputs[0]]
        const bindings = { x, y, residual: 0, packed: 0, shared: 0, private: at.private, staged }
        return run(0, begin, end, bindings, cancelled)
      }
    },
  }
}
