// Inputs laid side by side along an axis, and an input cut along one.
import { WeftError } from '../errors.ts'
import { formatShape, type Shape, sizeOf } from '../tensor/shape.ts'
import { blockCount, elementsOf } from './blocks.ts'
import { axisOf, given, needed, sameDtype } from './inputs.ts'
import type { Op, OpStorage, ValueInfo } from './op.ts'
import { copyRun } from './strided.ts'

export type ConcatParams = { readonly axis: number }

export const concat: Op<ConcatParams> = {
  name: 'concat',
  infer(inputs, { axis: given }) {
    const infos = inputs.map((_, index) => needed('concat', inputs, index))
    const first = needed('concat', inputs, 0)
    const axis = axisOf('concat', given, first.shape.length)
    for (const { shape } of infos) {
      if (shape.length !== first.shape.length || shape.some((extent, i) => i !== axis && extent !== first.shape[i])) {
        throw new WeftError('SHAPE', `concat: ${formatShape(shape)} and ${formatShape(first.shape)} differ beside axis ${axis}`)
      }
    }
    const extent = infos.reduce((sum, { shape }) => sum + shape[axis], 0)
    return [{ dtype: sameDtype('concat', infos), shape: first.shape.map((own, i) => (i === axis ? extent : own)) }]
  },
  units: (plan) => blockCount(sizeOf(plan.outputs[0].shape)),
  run(plan, inputs, [out], begin, end) {
    const parts = plan.inputs.map((info) => innerSize((info as ValueInfo).shape, plan.params.axis))
    const [first, last] = elementsOf(out.length, begin, end)
    eachPart(parts, first, last, (part, inPart, inWhole, count) => copyRun(out, inWhole, given(inputs, part), inPart, 1, count))
  },
}

export type SplitParams = { readonly axis: number; readonly sizes: readonly number[] }

export const split: Op<SplitParams> = {
  name: 'split',
  infer(inputs, { axis: given, sizes }) {
    const { dtype, shape } = needed('split', inputs, 0)
    const axis = axisOf('split', given, shape.length)
    if (sizes.reduce((sum, size) => sum + size, 0) !== shape[axis]) {
      throw new WeftError('SHAPE', `split: parts of ${formatShape(sizes)} do not make up axis ${axis} of ${formatShape(shape)}`)
    }
    return sizes.map((size) => ({ dtype, shape: shape.map((own, i) => (i === axis ? size : own)) }))
  },
  units: (plan) => blockCount(sizeOf((plan.inputs[0] as ValueInfo).shape)),
  run(plan, inputs, outputs: readonly OpStorage[], begin, end) {
    const x = given(inputs, 0)
    const parts = plan.outputs.map(({ shape }) => innerSize(shape, plan.params.axis))
    const [first, last] = elementsOf(x.length, begin, end)
    eachPart(parts, first, last, (part, inPart, inWhole, count) => copyRun(outputs[part], inPart, x, inWhole, 1, count))
  },
}

/** Consecutive elements from an axis on. */
function innerSize(shape: Shape, axis: number): number {
  return sizeOf(shape.slice(axis < 0 ? axis + shape.length : axis))
}

/** Runs of elements [first, last) of the whole, each inside of one part: the part's index, where in it, where in the whole. */
function eachPart(
  parts: readonly number[],
  first: number,
  last: number,
  visit: (part: number, inPart: number, inWhole: number, count: number) => void,
): void {
  const whole = parts.reduce((sum, size) => sum + size, 0)
  for (let at = first; at < last; ) {
    const row = Math.floor(at / whole)
    let within = at - row * whole
    let part = 0
    while (within >= parts[part]) within -= parts[part++]
    const count = Math.min(parts[part] - within, last - at)
    visit(part, row * parts[part] + within, at, count)
    at += count
  }
}
