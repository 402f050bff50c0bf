// The pointwise kernel: a 1x1 convolution at stride 1 as a matrix product, read and written in place.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import type { MachineTraits } from '../isa/machine.ts'
import { farTime } from './estimate/far.ts'
import { estimatePointwise } from './estimate/pointwise.ts'
import type { Kernel, Plan } from './kernel.ts'
import { lineCaller, lineFunctions } from './line.ts'
import { packTile, weightStrides } from './pack.ts'
import { panelBytes, panelFiller, panelFunction, panelShape } from './panel.ts'
import { blocksFirst, type Grid, unitAt } from './range.ts'
import { RUN_WORDS, type TileShape } from './tile.ts'
import { batchesOf, CALL_MACS } from './tile-call.ts'
import { type ChannelTile, channelTiles, packedTileBytes, shapeOf } from './tiling.ts'

export interface PointwisePlan extends Plan {
  readonly tiles: readonly ChannelTile[]
  /** Pixels of a channel, all axes together, and of a block of them. */
  readonly pixels: number
  readonly blockPixels: number
  readonly blocks: number
  readonly grid: Grid
  readonly runsAt: number
  /** Of tiles that read a worker's own panel of a block; null where they read the input. */
  readonly panel: TileShape | null
}

const ARGS_BYTES = 128
/** Bytes of input and output of a block, so that they stay in the second cache while all output channels pass over it. */
const BLOCK_BYTES = 512 * 1024

export const pointwise: Kernel<PointwisePlan> = {
  name: 'f32-pointwise',
  error: 1e-5,

  refuses(d, traits) {
    if (traits.lanes === 1) return 'the scalar tier has no vectors'
    if (d.kernel.some((k) => k !== 1)) return `the kernel is ${axesOf(d, d.kernel)}, not 1 everywhere`
    if (d.stride.some((s) => s !== 1)) return `the stride is ${axesOf(d, d.stride)}, not 1`
    if ([...d.before, ...d.after].some((p) => p !== 0)) return 'there is padding'
    if (d.output.some((n, axis) => n !== d.input[axis])) return 'there is output padding'
    const [pixels, least] = [pixelsOf(d), widestVectors(d, traits) * traits.lanes]
    if (pixels < least && pixels % traits.lanes !== 0) return `${pixels} pixels do not fill a tile of ${least}`
    return null
  },

  order: () => 'direct',

  estimate: (d, traits) => estimatePointwise(d, traits, blocksOf(d, traits)) + farTime(d),

  plan(d, traits) {
    const icPerGroup = d.ic / d.groups
    const tiles = channelTiles(d.oc, d.groups, icPerGroup, traits)
    const { pixels, blockPixels, blocks } = blocksOf(d, traits)
    const runsAt = packedTileBytes(tiles, icPerGroup)
    const panel = panelShape(d, tiles, icPerGroup, traits)
    const longest = pixels - (blocks - 1) * blockPixels
    const panelSize = panel === null ? 0 : panelBytes(panel, Math.max(longest, blockPixels), icPerGroup, traits)
    return {
      kernel: this.name,
      descriptor: d,
      traits,
      steps: [{ name: 'compute', units: tiles.length * blocks }],
      macs: pixels * icPerGroup * d.oc,
      packedBytes: runsAt + 4 * RUN_WORDS,
      sharedBytes: 0,
      privateBytes: ARGS_BYTES + panelSize,
      tiles,
      pixels,
      blockPixels,
      blocks,
      grid: { tiles: tiles.length, blocks, blockMajor: blocksFirst(runsAt, 4 * d.ic * pixels, traits) },
      runsAt,
      panel,
    }
  },

  costs: (plan, step) =>
    Float64Array.from({ length: plan.steps[step].units }, (_, unit) => {
      const { tile, block } = unitAt(unit, plan.grid)
      return pixelsOfBlock(plan, block) * plan.tiles[tile].rows
    }),

  functions(plan) {
    const tiles = lineFunctions(plan)
    return plan.panel === null ? tiles : [...tiles, panelFunction(plan.panel)]
  },

  pack(plan, weight, bias, memory, offset) {
    const d = plan.descriptor
    const { ic, channelOffset } = weightStrides(d)
    const icPerGroup = d.ic / d.groups
    const offsets = Int32Array.from({ length: icPerGroup }, (_, channel) => channel * ic)
    const floats = new Float32Array(memory, offset, plan.runsAt / 4)
    for (const tile of plan.tiles) packTile(tile, weight, bias, offsets, channelOffset, floats, tile.packed / 4)
    new Int32Array(memory, offset + plan.runsAt, RUN_WORDS).set([0, 0, icPerGroup])
  },

  runner(plan, code, memory) {
    const { descriptor: d, tiles, pixels, blockPixels } = plan
    const icPerGroup = d.ic / d.groups
    const call = lineCaller(plan, code, memory)
    const fill = plan.panel && panelFiller(plan, plan.panel, code, memory)
    const channels = (block: number) => CALL_MACS / (icPerGroup * pixelsOfBlock(plan, block))
    return (_, begin, end, at, cancelled) => {
      for (const { block, ...batch } of batchesOf(begin, end, plan.grid, tiles, channels)) {
        if (cancelled()) return false
        const first = 4 * block * blockPixels
        const line = { x: at.x + first, xChannel: 4 * pixels, y: at.y + first, yChannel: 4 * pixels }
        const count = pixelsOfBlock(plan, block)
        if (fill === null) call(batch, { ...line, pixels: count }, at)
        else {
          const { group } = tiles[batch.tile]
          const [panel, x] = [at.private + ARGS_BYTES, line.x + group * icPerGroup * line.xChannel]
          const runs = { runs: at.packed + plan.runsAt, runCount: 1, runStride: line.xChannel }
          fill(group * plan.blocks + block, { panel, x, ...runs, pixels: count, exact: true }, at)
          call(batch, { ...line, pixels: count, panel }, at)
        }
      }
      return true
    }
  },
}

function pixelsOfBlock({ blocks, blockPixels, pixels }: PointwisePlan, block: number): number {
  return block === blocks - 1 ? pixels - block * blockPixels : blockPixels
}

function pixelsOf(d: ConvDescriptor): number {
  return d.output[0] * d.output[1] * d.output[2]
}

function blocksOf(d: ConvDescriptor, traits: MachineTraits): Pick<PointwisePlan, 'pixels' | 'blockPixels' | 'blocks'> {
  const pixels = pixelsOf(d)
  const tile = widestVectors(d, traits) * traits.lanes
  const wanted = Math.max(1, Math.round((4 * ((d.ic + d.oc) / d.groups) * pixels) / BLOCK_BYTES))
  const blockPixels = Math.max(tile, Math.ceil(pixels / wanted / tile) * tile)
  // A last block too short for a tile of its own joins the one before.
  const blocks = Math.max(1, Math.floor(pixels / blockPixels) + (pixels % blockPixels >= tile ? 1 : 0))
  return { pixels, blockPixels, blocks }
}

function widestVectors(d: ConvDescriptor, traits: MachineTraits): number {
  return Math.max(...new Set(channelTiles(d.oc, d.groups, d.ic / d.groups, traits).map(({ rows }) => shapeOf(rows, traits).cols)))
}

function axesOf(d: ConvDescriptor, values: readonly number[]): string {
  return values.slice(3 - d.rank).join('x')
}
