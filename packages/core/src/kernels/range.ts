// The units of a step: every channel tile of every block, in the order that moves less memory.
import type { MachineTraits } from '../isa/machine.ts'
import { MANY_REGISTERS } from './registers.ts'

export interface Unit {
  readonly tile: number
  readonly block: number
}

/** How units are numbered, and so what a shard is. */
export interface Grid {
  readonly tiles: number
  readonly blocks: number
  /** Block by block: a worker has pixels of its own and reads all weights. Else tile by tile: it has output channels of its own and reads all pixels. */
  readonly blockMajor: boolean
}

/**
 * Whether to go block by block, by the bytes of weights and of pixels. Another core has computed half of the pixels: to have them out of its
 * cache takes longer than as many weights, which all cores only read. Where registers are many blocks are too few for that to show.
 */
export function blocksFirst(weights: number, pixels: number, { registers }: MachineTraits): boolean {
  return weights < (registers < MANY_REGISTERS ? 2 : 1) * pixels
}

export function unitAt(unit: number, { tiles, blocks, blockMajor }: Grid): Unit {
  if (blockMajor) return { tile: unit % tiles, block: Math.floor(unit / tiles) }
  return { tile: Math.floor(unit / blocks), block: unit % blocks }
}

/** Tiles [from, to) of a block. */
export interface Span {
  readonly block: number
  readonly from: number
  readonly to: number
}

/** Every unit of [begin, end) once, block by block as far as can be, so that a block stays in the cache. */
export function* spansOf(begin: number, end: number, { tiles, blocks, blockMajor }: Grid): Generator<Span> {
  if (blockMajor) {
    for (let unit = begin; unit < end; ) {
      const [block, from] = [Math.floor(unit / tiles), unit % tiles]
      const to = Math.min(tiles, from + end - unit)
      yield { block, from, to }
      unit += to - from
    }
    return
  }
  // A range of tiles is up to three rectangles of tiles by blocks.
  const [first, last] = [Math.ceil(begin / blocks), Math.floor(end / blocks)]
  if (first > last) return yield* rectangle(last, first, begin - last * blocks, end - last * blocks)
  yield* rectangle(first - 1, first, begin - (first - 1) * blocks, blocks)
  yield* rectangle(first, last, 0, blocks)
  yield* rectangle(last, last + 1, 0, end - last * blocks)
}

function* rectangle(from: number, to: number, fromBlock: number, toBlock: number): Generator<Span> {
  if (from === to) return
  for (let block = fromBlock; block < toBlock; block++) yield { block, from, to }
}

/** The same, unit by unit. */
export function* unitsOf(begin: number, end: number, grid: Grid): Generator<Unit> {
  for (const { block, from, to } of spansOf(begin, end, grid)) for (let tile = from; tile < to; tile++) yield { tile, block }
}
