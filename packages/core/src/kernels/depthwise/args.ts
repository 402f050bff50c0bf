// The arguments of a depthwise function.

/** The argument block, as indices of 32-bit words. Addresses and strides are in bytes. */
export const DEPTHWISE_ARGS = {
  /** Bands of input channels, input channels of a band, which are staged together, and output channels of each of those. */
  bands: 0,
  channels: 1,
  multiplier: 2,
  /** The first row of the first channel, rows of each that are read, and the way from there to the next channel. */
  x: 3,
  xRows: 4,
  xSkip: 5,
  /** The first output row of the first output channel, and the way from the end of its last row to the next channel. */
  y: 6,
  ySkip: 7,
  /** Per output channel its bias, then its weights. */
  weights: 8,
  /** Memory for staged rows, all of which is set to the padding first, its vectors, and the distance from a channel to the next, there or in place. */
  buffer: 9,
  vectors: 10,
  plane: 11,
  /**
   * Where the first row is staged, and the place that the first tap of the first output row reads; or in place, the pixel that it would
   * read without padding.
   */
  stage: 12,
  first: 13,
  /** How many there are of each of the shape's tiles, a word each: the first of MOST_TILES. */
  tiles: 14,
  alpha: 18,
  beta: 19,
  residual: 20,
  /** Memory for a vector. */
  spare: 21,
} as const
