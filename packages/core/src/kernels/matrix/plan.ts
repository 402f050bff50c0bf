// The plan of the matrix kernel: its blocks and units, and the memory that they need.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { TILE_ROWS, tileConfig } from '../../isa/matrix-unit.ts'
import { equalParts } from '../broadcast/shape.ts'
import type { StagedPlan } from '../direct/stage.ts'
import type { Epilogue } from '../epilogue.ts'
import type { Plan } from '../kernel.ts'
import { STEP_BYTES, SUMS_BYTES } from './args.ts'
import { type Block, blocksOf } from './blocks.ts'
import { type Chunk, type MatrixCut, matrixCut, ROWS } from './cut.ts'
import type { MatrixShape } from './function.ts'
import { inPairs, liveProducts, productRows } from './products.ts'

/** A block, and channels [from, to) of those of its group. */
export interface Unit {
  readonly block: number
  readonly group: number
  readonly from: number
  readonly to: number
}

export interface MatrixPlan extends Plan, Omit<MatrixCut, 'segments' | 'steps' | 'byLines' | 'parts'> {
  /** What the first step stages for all workers; null where there is none. */
  readonly staged: StagedPlan | null
  /** Whether staged planes are split, two at a time, and not pixels as they are gathered: each would be for every tap. */
  readonly split: boolean
  readonly blocks: readonly Block[]
  readonly units: readonly Unit[]
  /** The configuration of tiles, the rows of all steps, then the lines of blocks: in bytes from `packed`. */
  readonly tables: Int32Array
  readonly tablesAt: number
  readonly rowsAt: number
  readonly linesAt: number
  /** Where a worker's own memory has gathered pixels, sums, and what it stages, in bytes. */
  readonly pixelsAt: number
  readonly nextPixelsAt: number
  readonly sumsAt: number
  readonly windowAt: number
}

/** Bytes of the argument block at the beginning of a worker's own memory. */
const ARGS_BYTES = 256
/** Units of a worker at least where channels are shared: one that is held up leaves some to others, and each gathers its pixels again. */
const WORKER_UNITS = 2
/** Bytes of sums of a unit at most where lines are shared: of more channels they leave the second cache between chunks. */
const SHARE_SUMS = 512 * 1024

export function planMatrix(name: string, d: ConvDescriptor, traits: MachineTraits, workers: number): MatrixPlan {
  const { segments, steps, byLines, parts, ...cut } = matrixCut(d, workers)
  const { chunks, channels, weightsBlock, layout, window } = cut
  const products = liveProducts(d, segments)
  const perGroup = channels.length / d.groups
  const { rows, low } = productRows(products, layout, segments, steps)
  const { blocks, tables: lines } = blocksOf(d, layout, parts, low, window)
  const pairs = Math.max(...blocks.map((block) => Math.ceil(block.lines.count / 2)))
  const sums = chunks.length === 1 ? 0 : SUMS_BYTES * pairs * perGroup
  const each = workers / (d.groups * blocks.length)
  const most = byLines ? Math.max(Math.floor(each), Math.ceil(sums / SHARE_SUMS)) : Math.ceil(WORKER_UNITS * each)
  const units = unitsOf(d, blocks.length, most)
  const config = tileConfig()
  const tables = Int32Array.from([...config, ...rows, ...lines])
  const tablesAt = channels.length * weightsBlock
  const rowsAt = tablesAt + 4 * config.length
  const pixelsBytes = Math.max(...chunks.map(({ count }) => count)) * STEP_BYTES
  const sumsAt = ARGS_BYTES + 2 * pixelsBytes
  const split = layout.staged && inPairs(products)
  const stage = { name: 'stage', units: d.ic }
  const compute = { name: 'compute', units: units.length }
  const shares = layout.staged && !window
  const sharedBytes = shares ? 4 * d.ic * layout.planeFloats : 0
  const windowAt = sumsAt + Math.max(SUMS_BYTES, sums)
  return {
    kernel: name,
    descriptor: d,
    traits,
    steps: shares ? [split ? { ...stage, units: d.ic / 2 } : stage, compute] : [compute],
    macs: d.oc * d.output[1] * d.output[2] * products.length,
    packedBytes: tablesAt + tables.byteLength,
    sharedBytes,
    privateBytes: windowAt + (window ? (4 * d.ic * layout.planeFloats) / d.groups : 0),
    staged: shares ? { descriptor: d, layout, traits, steps: [stage], sharedBytes, gatherAt: 0 } : null,
    ...cut,
    split,
    blocks,
    units,
    tables,
    tablesAt,
    rowsAt,
    linesAt: rowsAt + 4 * rows.length,
    pixelsAt: ARGS_BYTES,
    nextPixelsAt: ARGS_BYTES + pixelsBytes,
    sumsAt,
    windowAt,
  }
}

/** The shape of the function that computes a chunk of a block. */
export function shapeOf(plan: MatrixPlan, { lines }: Block, { first, last }: Chunk, epilogue: Epilogue): MatrixShape {
  const { rows } = plan.channels[plan.channels.length - 1]
  const rest = rows === ROWS ? 0 : Math.ceil(rows / TILE_ROWS)
  return {
    turns: lines.turns,
    pieces: lines.pieces,
    split: plan.split,
    ahead: plan.channels[0].rows === ROWS,
    rest,
    first,
    last: last ? epilogue : null,
  }
}

/**
 * Channels of a block are shared out where blocks are few: each worker gathers its pixels again. The last share has the block of fewer
 * channels.
 * @param most shares of a block
 */
function unitsOf({ groups, oc }: ConvDescriptor, blocks: number, most: number): Unit[] {
  const [full, all] = [Math.floor(oc / groups / ROWS), Math.ceil(oc / groups / ROWS)]
  const shares = full === 0 ? [{ from: 0, count: 0 }] : equalParts(full, Math.min(full, Math.max(1, most)))
  return Array.from({ length: groups * blocks }, (_, index) => index).flatMap((index) =>
    shares.map(({ from, count }) => ({
      block: index % blocks,
      group: Math.floor(index / blocks),
      from,
      to: from + count === full ? all : from + count,
    })),
  )
}
