// The place of the largest or smallest entry along an axis.
import { sizeOf } from '../tensor/shape.ts'
import { axisOf, expectDtype, given, needed } from './inputs.ts'
import type { Op, ValueInfo } from './op.ts'
import { rowsOf, rowUnits } from './rows.ts'

/** Among equals the first, or the last; `keep`: the axis stays as one of 1. */
export type ArgParams = { readonly axis: number; readonly keep: boolean; readonly last: boolean }

export const argMax = argReduce('argMax', 1)
export const argMin = argReduce('argMin', -1)

function argReduce(name: string, sign: number): Op<ArgParams> {
  return {
    name,
    infer(inputs, { axis: named, keep }) {
      const x = needed(name, inputs, 0)
      expectDtype(name, x, 'float32', 'int64', 'int32', 'uint8')
      const axis = axisOf(name, named, x.shape.length)
      return [{ dtype: 'int64', shape: x.shape.flatMap((extent, i) => (i === axis ? (keep ? [1] : []) : [extent])) }]
    },
    units: (plan) => rowUnits([sizeOf(plan.outputs[0].shape), extentOf(plan.inputs[0] as ValueInfo, plan.params.axis)]),
    run(plan, inputs, [out], begin, end) {
      const { shape } = plan.inputs[0] as ValueInfo
      const extent = extentOf(plan.inputs[0] as ValueInfo, plan.params.axis)
      const inner = sizeOf(shape.slice(axisOf(name, plan.params.axis, shape.length) + 1))
      const x = given(inputs, 0)
      const [first, last] = rowsOf([out.length, extent], begin, end)
      for (let at = first; at < last; at++) {
        const base = Math.floor(at / inner) * inner * extent + (at % inner)
        let found = 0
        for (let i = 1; i < extent; i++) {
          const over = sign * (x[base + i * inner] - x[base + found * inner])
          if (over > 0 || (over === 0 && plan.params.last)) found = i
        }
        out[at] = found
      }
    },
  }
}

function extentOf({ shape }: ValueInfo, axis: number): number {
  return shape[axisOf('arg', axis, shape.length)]
}
