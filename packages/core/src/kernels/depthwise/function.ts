// The depthwise function: channel after channel is staged with its padding, then summed into every output channel of its group.
import { wordsOf } from '../../isa/args.ts'
import type { Access, Int, Machine } from '../../isa/machine.ts'
import { epilogueName, residualOf } from '../epilogue.ts'
import type { NarrowFunction } from '../kernel.ts'
import { copyOf } from '../move.ts'
import { emitChannel } from './compute.ts'
import type { DepthwiseShape } from './shape.ts'
import { emitStageRow } from './stage.ts'
import { storesWhole } from './store.ts'

/** The argument block, as indices of 32-bit words. Addresses and strides are in bytes. */
export const DEPTHWISE_ARGS = {
  /** Bands of input channels, input channels of a band, which are staged together, and output channels of each of those. */
  bands: 0,
  channels: 1,
  multiplier: 2,
  /** The first row of the first channel, rows of each that are staged, and the way from there to the next channel. */
  x: 3,
  xRows: 4,
  xSkip: 5,
  /** The first output row of the first output channel, and the way from the end of its last row to the next channel. */
  y: 6,
  ySkip: 7,
  /** Per output channel its bias, then its weights. */
  weights: 8,
  /** Memory for staged rows, all of which is set to the padding first, its vectors, and the distance from a channel to the next. */
  buffer: 9,
  vectors: 10,
  plane: 11,
  /** Where the first row is staged, and the place that the first tap of the first output row reads. */
  stage: 12,
  first: 13,
  /** Tiles of output rows, and 1 where a last one of fewer rows follows, else 0. */
  tiles: 14,
  lastTile: 15,
  alpha: 16,
  beta: 17,
  residual: 18,
  /** Memory for a vector. */
  spare: 19,
} as const

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
  tile,
  lastRows,
  epilogue,
}: DepthwiseShape): string {
  const parts = [
    `f32-${fold === 'sum' ? 'depthwise' : 'maxpool'}-${kernel[0]}x${kernel[1]}`,
    `s${strideY}x${rows.stride}${rowStep === 1 ? '' : `of${rowStep}`}`,
    ...(dilationY === 1 && rows.dilation === 1 ? [] : [`d${dilationY}x${rows.dilation}`]),
    `w${rows.width}p${rows.before}to${width}l${traits.lanes}`,
    `${tile.rows}${lastRows === 0 ? '' : `+${lastRows}`}x${tile.cols}${tile.held ? 'held' : ''}`,
  ]
  return `${parts.join('-')}${epilogueName(epilogue)}`
}

function emitDepthwise(m: Machine, shape: DepthwiseShape): void {
  const args = DEPTHWISE_ARGS
  emitPadding(m, shape.fold === 'sum' ? 0 : Number.NEGATIVE_INFINITY)
  const [x, y, weights] = [m.arg(args.x), m.arg(args.y), m.arg(args.weights)]
  m.loop(m.arg(args.bands), () => {
    // A channel is read long after it was staged: a load that spans two stores waits until both are in the cache.
    overPlanes(m, args.stage, (plane) => {
      emitStage(m, shape, x, plane)
      m.add(x, m.arg(args.xSkip))
    })
    overPlanes(m, args.first, (plane) => {
      m.loop(m.arg(args.multiplier), () => {
        m.scope(() => emitChannel(m, shape, args, weights, plane, y))
        m.add(weights, 4 * (1 + shape.kernel[0] * shape.kernel[1]))
        m.add(y, m.arg(args.ySkip))
      })
    })
  })
}

/** Runs `body` for every channel of a band, with a pointer that begins at word `start` and moves from channel to channel. */
export function overPlanes(m: Machine, start: number, body: (plane: Int) => void): void {
  m.scope(() => {
    const plane = m.arg(start)
    m.loop(m.arg(DEPTHWISE_ARGS.channels), () => {
      m.scope(() => body(plane))
      m.add(plane, m.arg(DEPTHWISE_ARGS.plane))
    })
  })
}

/** Stages the rows of a channel at `plane`; `x` is moved behind the last. */
export function emitStage(
  m: Machine,
  { fold, rows, rowStep }: Pick<DepthwiseShape, 'fold' | 'rows' | 'rowStep'>,
  x: Int,
  plane: Int,
): void {
  m.scope(() => {
    const to = copyOf(m, plane)
    m.loop(m.arg(DEPTHWISE_ARGS.xRows), () => {
      emitStageRow(m, rows, x, to, fold === 'max')
      m.add(x, 4 * rowStep * rows.width)
      m.add(to, 4 * rows.rowFloats)
    })
  })
}

/** What is not staged over stays so for all channels. */
export function emitPadding(m: Machine, value: number): void {
  m.scope(() => {
    const [at, padding] = [m.arg(DEPTHWISE_ARGS.buffer), m.vec()]
    m.constant(padding, value)
    m.loop(m.arg(DEPTHWISE_ARGS.vectors), () => {
      m.store(at, 0, padding)
      m.add(at, 4 * m.traits.lanes)
    })
  })
}

/** Bytes from the first row that is staged to the end of the last one's, of so many channels. */
export function readBytes(
  { rows: { width }, rowStep }: Pick<DepthwiseShape, 'rows' | 'rowStep'>,
  rows: number,
  skip: number,
  channels: number,
): number {
  return rows === 0 ? 0 : (channels - 1) * (4 * rows * rowStep * width + skip) + 4 * ((rows - 1) * rowStep + 1) * width
}

function depthwiseTouches(words: Int32Array, args: number, shape: DepthwiseShape): Access[] {
  const arg = (name: keyof typeof DEPTHWISE_ARGS) => words[args + DEPTHWISE_ARGS[name]]
  const span = (name: 'x' | 'y' | 'weights' | 'buffer' | 'stage' | 'first' | 'spare', bytes: number) => {
    const from = arg(name) >>> 0
    return { from, to: from + bytes }
  }
  const { kernel, rows, tile, lastRows, width, epilogue } = shape
  const { lanes } = shape.traits
  const channels = arg('bands') * arg('channels')
  const outputs = channels * arg('multiplier')
  const planes = (arg('channels') - 1) * arg('plane')
  const outRows = arg('tiles') * tile.rows + arg('lastTile') * lastRows
  const inRows = (outRows - 1) * shape.strideY + (kernel[0] - 1) * shape.dilationY + 1
  const y = span('y', outputs * (4 * outRows * width + arg('ySkip')) - arg('ySkip'))
  return [
    y,
    ...(epilogue.residual ? [residualOf(y, words, args, DEPTHWISE_ARGS)] : []),
    span('x', readBytes(shape, arg('xRows'), arg('xSkip'), channels)),
    ...(shape.fold === 'sum' ? [span('weights', 4 * outputs * (1 + kernel[0] * kernel[1]))] : []),
    span('buffer', 4 * arg('vectors') * lanes),
    ...(storesWhole(width, lanes) ? [span('spare', 4 * lanes)] : []),
    span('stage', planes + 4 * arg('xRows') * rows.rowFloats),
    span('first', planes + 4 * (inRows * rows.rowFloats + rows.slack - rows.low)),
  ]
}
