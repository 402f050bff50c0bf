// Sums, means and extremes of any number of inputs, broadcast, folded in their order.
import { ARITHMETIC, type BinaryLoop } from './binary-loops.ts'
import { blocksOf, elementsOf } from './blocks.ts'
import { broadcastShape, broadcastView } from './broadcast.ts'
import { expectDtype, needed, sameDtype } from './inputs.ts'
import type { Op, OpDType, OpStorage, ValueInfo } from './op.ts'
import { copyRun, eachRun, runStride, walkOf } from './strided.ts'

export const VARIADIC: readonly Op[] = [
  variadic('sumOf', ARITHMETIC.add),
  variadic('meanOf', ARITHMETIC.add, true),
  variadic('minOf', ARITHMETIC.min),
  variadic('maxOf', ARITHMETIC.max),
]

function variadic(name: string, loop: BinaryLoop, divide = false): Op {
  return {
    name,
    infer(inputs) {
      const infos = inputs.map((_, index) => needed(name, inputs, index))
      const whole: OpDType[] = divide ? [] : ['int64', 'int32', 'uint8']
      expectDtype(name, needed(name, inputs, 0), 'float32', ...whole)
      const shapes = infos.map((info) => info.shape)
      return [{ dtype: sameDtype(name, infos), shape: broadcastShape(name, shapes) }]
    },
    units: (plan) => blocksOf(plan),
    run(plan, inputs, [out], begin, end) {
      const { shape } = plan.outputs[0]
      const sources = inputs as readonly OpStorage[]
      const views = plan.inputs.map((info) => broadcastView((info as ValueInfo).shape, shape))
      const walk = walkOf(shape, views)
      const strides = views.map((_, index) => runStride(walk, index))
      const [first, last] = elementsOf(out.length, begin, end)
      eachRun(walk, first, last, (at, offsets, count) => {
        copyRun(out, at, sources[0], offsets[0], strides[0], count)
        for (let k = 1; k < sources.length; k++) {
          loop(out, at, at + count, out, at, 1, sources[k], offsets[k], strides[k])
        }
        if (divide) for (let i = at; i < at + count; i++) out[i] /= sources.length
      })
    },
  }
}
