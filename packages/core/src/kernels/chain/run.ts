// Running a chain: some channels of the first convolution, the depthwise one on them, and so on; then the last on all channels.
import { channelsRunner } from '../depthwise/run.ts'
import type { Bindings, Callable, Runner } from '../kernel.ts'
import { type Line, lineCaller } from '../line.ts'
import type { PointwisePlan } from '../pointwise.ts'
import { CALL_MACS, tileBatches } from '../tile-call.ts'
import { rowsTogether } from './pieces.ts'
import { type ChainPlan, inputPitch, outputPitch, tilesAtOnce } from './plan.ts'

type Cancelled = () => boolean

/** Planes of the depthwise convolution's input or output: where row `row` of channel 0 is or would be, and bytes from a channel to the next. */
interface Planes {
  readonly at: number
  readonly row: number
  readonly channel: number
}

export function chainRunner(plan: ChainPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Runner {
  const { before, after, pieces, atOnce, packedAt } = plan
  const { depthwise: d } = plan.descriptor
  const [first, last] = [before && tilesRunner(before, code, memory), after && tilesRunner(after, code, memory)]
  const middle = depthwiseRunner(plan, code, memory)
  const [xRow, yRow] = [4 * d.input[2], 4 * d.output[2]]
  const [xChannel, yChannel] = [xRow * d.input[1], yRow * d.output[1]]

  /** Pieces [begin, end) together. */
  const compute = (begin: number, end: number, at: Bindings, cancelled: Cancelled): boolean => {
    const { row, rows, xRow: x, xRows } = rowsTogether(pieces.slice(begin, end))
    const [xAt, yAt] = [at.x + x * xRow, at.y + row * yRow]
    const output: Planes =
      after === null
        ? { at: yAt, row, channel: yChannel }
        : { at: at.private + plan.outputAt, row, channel: 4 * outputPitch(d, rows) }
    if (before === null || first === null) {
      if (!middle(begin, end, 0, d.ic, { at: xAt, row: x, channel: xChannel }, output, at, cancelled)) return false
    } else {
      const channel = 4 * inputPitch(d, xRows)
      const count = tilesAtOnce(before, d, xRows)
      const its = { ...at, packed: at.packed + packedAt.before }
      for (let tile = 0; tile < before.tiles.length; tile += count) {
        const to = Math.min(before.tiles.length, tile + count)
        const [from, until] = [before.tiles[tile].oc, before.tiles[to]?.oc ?? d.ic]
        const input: Planes = { at: at.private + plan.inputAt - from * channel, row: x, channel }
        const line = { x: xAt, xChannel, y: input.at, yChannel: channel, pixels: xRows * d.input[2] }
        if (!first(tile, to, line, its, cancelled)) return false
        if (!middle(begin, end, from, until, input, output, at, cancelled)) return false
      }
    }
    if (after === null || last === null) return true
    const line = { x: output.at, xChannel: output.channel, y: yAt, yChannel, pixels: rows * d.output[2] }
    return last(0, after.tiles.length, line, { ...at, packed: at.packed + packedAt.after }, cancelled)
  }

  return (_, begin, end, at, cancelled) => {
    for (let piece = begin; piece < end; piece += atOnce) {
      if (!compute(piece, Math.min(end, piece + atOnce), at, cancelled)) return false
    }
    return true
  }
}

/** Channels [from, to) of pieces [begin, end) of the depthwise convolution. */
function depthwiseRunner(plan: ChainPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike) {
  const { depthwise: d } = plan.descriptor
  const runners = plan.depthwise.map((each) => channelsRunner(each, code, memory))
  return (
    begin: number,
    end: number,
    from: number,
    to: number,
    x: Planes,
    y: Planes,
    at: Bindings,
    cancelled: Cancelled,
  ): boolean => {
    for (const { plan: index, row, xRow } of plan.pieces.slice(begin, end)) {
      const its = {
        ...at,
        x: x.at + 4 * (xRow - x.row) * d.input[2],
        y: y.at + 4 * (row - y.row) * d.output[2],
        residual: at.residual + 4 * row * d.output[2],
        packed: at.packed + plan.packedAt.depthwise,
      }
      for (let block = 0; block < plan.depthwise[index].blocks.length; block++) {
        const units = [block * d.ic + from, block * d.ic + to]
        if (!runners[index](units[0], units[1], { x: x.channel, y: y.channel }, its, cancelled)) return false
      }
    }
    return true
  }
}

type Tiles = (from: number, to: number, line: Line, at: Bindings, cancelled: Cancelled) => boolean

/** Channel tiles [from, to) over a line. */
function tilesRunner(plan: PointwisePlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Tiles {
  const call = lineCaller(plan, code, memory)
  return (from, to, line, at, cancelled) => {
    if (line.pixels === 0) return true
    for (const batch of tileBatches(from, to, plan.tiles, CALL_MACS / (plan.descriptor.ic * line.pixels))) {
      if (cancelled()) return false
      call(batch, line, at)
    }
    return true
  }
}
