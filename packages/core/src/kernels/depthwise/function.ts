// The depthwise function: channel after channel, staged with its padding or as it lies, is summed into every output channel of its group.
import { wordsOf } from '../../isa/args.ts'
import type { Machine } from '../../isa/machine.ts'
import { epilogueName } from '../epilogue.ts'
import type { NarrowFunction } from '../kernel.ts'
import { DEPTHWISE_ARGS } from './args.ts'
import { emitPadding, emitStage, overPlanes } from './band.ts'
import { emitChannel } from './compute.ts'
import { type DepthwiseShape, PADDING } from './shape.ts'
import { depthwiseTouches } from './touches.ts'

export function depthwiseFunction(shape: DepthwiseShape): NarrowFunction {
  return {
    name: nameOf(shape),
    words: wordsOf(DEPTHWISE_ARGS),
    traits: shape.traits,
    emit: (m) => emitDepthwise(m, shape),
    touches: (words, args) => depthwiseTouches(words, args, shape),
  }
}

function nameOf({
  traits,
  fold,
  kernel,
  strideY,
  rowStep,
  dilationY,
  rows,
  width,
  picture,
  tile,
  tiles,
  epilogue,
}: DepthwiseShape): string {
  const parts = [
    `f32-${fold === 'sum' ? 'depthwise' : 'maxpool'}-${kernel[0]}x${kernel[1]}`,
    `s${strideY}x${rows.stride}${rowStep === 1 ? '' : `of${rowStep}`}`,
    ...(dilationY === 1 && rows.dilation === 1 ? [] : [`d${dilationY}x${rows.dilation}`]),
    `w${rows.width}p${rows.before}to${width}l${traits.lanes}`,
    `${tiles.map(({ rows }) => rows).join('+')}x${tile.cols}${tile.held ? 'held' : ''}`,
    ...(picture === null ? [] : [`of${picture.height}p${picture.before}at${tiles.map(({ row }) => row).join('+')}`]),
  ]
  return `${parts.join('-')}${epilogueName(epilogue)}`
}

function emitDepthwise(m: Machine, shape: DepthwiseShape): void {
  const args = DEPTHWISE_ARGS
  const staged = shape.picture === null
  if (staged) emitPadding(m, PADDING[shape.fold])
  const [x, y, weights] = [m.arg(args.x), m.arg(args.y), m.arg(args.weights)]
  m.loop(m.arg(args.bands), () => {
    // A channel is read long after it was staged: a load that spans two stores waits until both are in the cache.
    if (staged) {
      overPlanes(m, args.stage, (plane) => {
        emitStage(m, shape, x, plane)
        m.add(x, m.arg(args.xSkip))
      })
    }
    overPlanes(m, args.first, (plane) => {
      m.loop(m.arg(args.multiplier), () => {
        m.scope(() => emitChannel(m, shape, args, weights, plane, y))
        m.add(weights, 4 * (1 + shape.kernel[0] * shape.kernel[1]))
        m.add(y, m.arg(args.ySkip))
      })
    })
  })
}
