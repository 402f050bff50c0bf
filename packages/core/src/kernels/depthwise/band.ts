// Staging a band of channels as machine code, each with its padding.
import type { Int, Machine } from '../../isa/machine.ts'
import { copyOf } from '../move.ts'
import { DEPTHWISE_ARGS } from './args.ts'
import type { DepthwiseShape } from './shape.ts'
import { rowStager } from './stage.ts'

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
    const stage = rowStager(m, rows, fold === 'max')
    m.loop(m.arg(DEPTHWISE_ARGS.xRows), () => {
      stage(x, to)
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
