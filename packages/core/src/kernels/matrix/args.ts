// The argument block of the matrix kernel's function, and how its memory is laid out.
import { TILE_BYTES } from '../../isa/matrix-unit.ts'

/** Indices of 32-bit words. Addresses and strides are in bytes. */
export const MATRIX_ARGS = {
  /** The argument block itself. */
  self: 0,
  /** The configuration of tiles. */
  config: 1,
  /** Where the pixels of the block's first output lie. */
  x: 2,
  /** The lines: for each piece { bytes from x to lane 0, a bit a lane that it has }. */
  lines: 3,
  /** Pairs of lines of the first turn. */
  pairs: 4,
  /** Products: rows of { bytes from x to the pixel of an even product, of the odd one behind it }, 16 a step. */
  rows: 5,
  steps: 6,
  /** A worker's own memory for the gathered pixels of a pair of lines, and for those of the pair behind it: they change places. */
  pixels: 7,
  nextPixels: 22,
  /** Packed weights of the first block of channels, at the first step, and from a block to the next. */
  weights: 8,
  weightsBlock: 9,
  /** Blocks of 32 channels; then one of fewer, or none. */
  blocks: 10,
  rests: 11,
  /** Channels of a block of 32, and of that of fewer. */
  channels: 12,
  restChannels: 13,
  /** Sums of the first pair and block, and from a block to the next: 0 where they are stored as soon as they are complete. */
  sums: 14,
  sumsBlock: 15,
  /** The first output of the first channel; from a channel to the next, and from a block. */
  y: 16,
  yChannel: 17,
  yBlock: 18,
  residual: 19,
  alpha: 20,
  beta: 21,
} as const

/** Words of a row of products. */
export const ROW_WORDS = 2
/** Bytes of the tiles of a step, of weights as of pixels: leading parts of both halves, then what is left of both. */
export const STEP_BYTES = 4 * TILE_BYTES
export const REST_BYTES = 2 * TILE_BYTES
/** Bytes of the tiles of biases before the weights of a block of channels. */
export const BIAS_BYTES = 2 * TILE_BYTES
/** Bytes of the sums of a line, and of a pair of lines, by 32 channels. */
export const LINE_BYTES = 2 * TILE_BYTES
export const SUMS_BYTES = 2 * LINE_BYTES
