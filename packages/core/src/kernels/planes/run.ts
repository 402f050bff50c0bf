// Running the planes kernel: bands of input channels summed into a block of rows, which is then finished and copied to its place.
import { COPY_ARGS, copyFunction, pieces } from '../copy.ts'
import { ROWS_AT, SPARE_AT, tapsOf } from '../depthwise/plan.ts'
import { epilogueOf, writeEpilogueArgs } from '../epilogue.ts'
import type { Bindings, Callable } from '../kernel.ts'
import { PLANES_ARGS, planesFunction } from './function.ts'
import type { PlanesBlock, PlanesPlan } from './plan.ts'
import { LINE } from './shape.ts'

/** Multiply-accumulates of a call at most, but for one band's: a cancelled run ends after one. */
const CALL_MACS = 1 << 22

type Compute = (begin: number, end: number, at: Bindings, cancelled: () => boolean) => boolean

export function computer(plan: PlanesPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Compute {
  const { descriptor: d, blocks, band } = plan
  const channels = d.ic / d.groups
  const sum = summer(plan, code, memory)
  const finish = finisher(plan, code, memory)
  return (begin, end, at, cancelled) => {
    for (let unit = begin; unit < end; unit++) {
      const [group, block] = [Math.floor(unit / blocks.length), blocks[unit % blocks.length]]
      const macs = (band * block.rows * d.output[2] * tapsOf(d) * d.oc) / d.groups
      const most = band * Math.max(1, Math.floor(CALL_MACS / macs))
      for (let channel = 0; channel < channels; ) {
        if (cancelled()) return false
        // Whole bands first, then what is left as a smaller one.
        const whole = Math.min(most, channels - channel)
        const count = whole < band ? whole : whole - (whole % band)
        sum(group, block, channel, Math.ceil(count / band), Math.min(count, band), at)
        channel += count
      }
      finish(group, block, at)
    }
    return true
  }
}

type Sum = (group: number, block: PlanesBlock, channel: number, bands: number, channels: number, at: Bindings) => void

function summer(plan: PlanesPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Sum {
  const { descriptor: d, shape, planeFloats } = plan
  const words = new Int32Array(memory)
  const call = code.get(planesFunction(shape).name) as Callable
  const [xRow, xPlane] = [4 * d.input[2], 4 * d.input[1] * d.input[2]]
  const [icPerGroup, ocPerGroup, taps] = [d.ic / d.groups, d.oc / d.groups, tapsOf(d)]
  const weightsStep = 4 * (1 + icPerGroup * taps)
  return (group, block, channel, bands, channels, at) => {
    const args = at.private / 4
    const buffer = at.private + ROWS_AT
    const { rows } = shape
    words[args + PLANES_ARGS.bands] = bands
    words[args + PLANES_ARGS.channels] = channels
    words[args + PLANES_ARGS.multiplier] = ocPerGroup
    words[args + PLANES_ARGS.x] = at.x + (group * icPerGroup + channel) * xPlane + block.xRow * xRow
    words[args + PLANES_ARGS.xRows] = block.xRows
    words[args + PLANES_ARGS.xSkip] = xPlane - block.xRows * shape.rowStep * xRow
    words[args + PLANES_ARGS.weights] = at.packed + group * ocPerGroup * weightsStep + 4 * channel * taps
    words[args + PLANES_ARGS.weightsStep] = weightsStep
    words[args + PLANES_ARGS.bandStep] = 4 * channels * taps
    words[args + PLANES_ARGS.buffer] = buffer
    words[args + PLANES_ARGS.vectors] = (channels * planeFloats) / shape.traits.lanes
    words[args + PLANES_ARGS.plane] = 4 * planeFloats
    words[args + PLANES_ARGS.stage] = buffer + 4 * (rows.lead + block.stageRow * rows.rowFloats)
    words[args + PLANES_ARGS.first] = buffer + 4 * (rows.lead + rows.low)
    words[args + PLANES_ARGS.spare] = at.private + SPARE_AT
    words[args + PLANES_ARGS.tiles] = block.tiles
    words[args + PLANES_ARGS.lastTile] = block.lastTile
    words[args + PLANES_ARGS.sums] = at.private + plan.sumsAt
    words[args + PLANES_ARGS.sumVectors] = block.rows * shape.vectors
    words[args + PLANES_ARGS.fresh] = channel === 0 ? 1 : 0
    words[args + PLANES_ARGS.xPlane] = xPlane
    words[args + PLANES_ARGS.aheadStep] = LINE * shape.ahead - channels * xPlane
    call(at.private)
  }
}

type Finish = (group: number, block: PlanesBlock, at: Bindings) => void

/** What is left to be done to sums is done on their way to the output. */
function finisher(plan: PlanesPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Finish {
  const { descriptor: d, shape, lanes } = plan
  const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
  const copy = code.get(copyFunction(epilogueOf(d)).name) as Callable
  const [yRow, yPlane, ocPerGroup] = [4 * d.output[2], 4 * d.output[1] * d.output[2], d.oc / d.groups]
  const sumRow = 4 * shape.vectors * shape.traits.lanes
  return (group, block, at) => {
    const args = at.private / 4
    // Rows without anything between them are one.
    const dense = sumRow === yRow
    const { vectors, quads, singles } = pieces(dense ? block.rows * d.output[2] : d.output[2], lanes)
    words[args + COPY_ARGS.from] = at.private + plan.sumsAt
    words[args + COPY_ARGS.to] = at.y + group * ocPerGroup * yPlane + block.row * yRow
    words[args + COPY_ARGS.planes] = ocPerGroup
    words[args + COPY_ARGS.fromPlane] = block.rows * sumRow
    words[args + COPY_ARGS.toPlane] = yPlane
    words[args + COPY_ARGS.rows] = dense ? 1 : block.rows
    words[args + COPY_ARGS.fromRow] = sumRow
    words[args + COPY_ARGS.toRow] = yRow
    words[args + COPY_ARGS.vectors] = vectors
    words[args + COPY_ARGS.quads] = quads
    words[args + COPY_ARGS.singles] = singles
    words[args + COPY_ARGS.fromStep] = 4
    words[args + COPY_ARGS.toStep] = 4
    writeEpilogueArgs(words, floats, args, COPY_ARGS, d, at)
    copy(at.private)
  }
}
