// What a call of a depthwise function touches.
import type { Access } from '../../isa/machine.ts'
import { residualOf } from '../epilogue.ts'
import { DEPTHWISE_ARGS } from './args.ts'
import { readBytes } from './band.ts'
import type { DepthwiseShape } from './shape.ts'
import { storesWhole } from './store.ts'

export function depthwiseTouches(words: Int32Array, args: number, shape: DepthwiseShape): Access[] {
  const arg = (name: keyof typeof DEPTHWISE_ARGS) => words[args + DEPTHWISE_ARGS[name]]
  const span = (name: 'x' | 'y' | 'weights' | 'buffer' | 'stage' | 'first' | 'spare', bytes: number) => {
    const from = arg(name) >>> 0
    return { from, to: from + bytes }
  }
  const { kernel, rows, tiles, width, epilogue } = shape
  const { lanes } = shape.traits
  const channels = arg('bands') * arg('channels')
  const outputs = channels * arg('multiplier')
  const planes = (arg('channels') - 1) * arg('plane')
  const outRows = tiles.reduce((sum, { rows }, index) => sum + rows * words[args + DEPTHWISE_ARGS.tiles + index], 0)
  const inRows = (outRows - 1) * shape.strideY + (kernel[0] - 1) * shape.dilationY + 1
  const y = span('y', outputs * (4 * outRows * width + arg('ySkip')) - arg('ySkip'))
  return [
    y,
    ...(epilogue.residual ? [residualOf(y, words, args, DEPTHWISE_ARGS)] : []),
    span('x', readBytes(shape, arg('xRows'), arg('xSkip'), channels)),
    ...(shape.fold === 'sum' ? [span('weights', 4 * outputs * (1 + kernel[0] * kernel[1]))] : []),
    ...(storesWhole(width, shape.traits) ? [span('spare', 4 * lanes)] : []),
    ...(shape.picture === null
      ? [
          span('buffer', 4 * arg('vectors') * lanes),
          span('stage', planes + 4 * arg('xRows') * rows.rowFloats),
          span('first', planes + 4 * (inRows * rows.rowFloats + rows.slack - rows.low)),
        ]
      : []),
  ]
}
