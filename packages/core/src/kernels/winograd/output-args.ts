// What the output transform is told: when its code is emitted, and when it is called.
import type { MachineTraits } from '../../isa/machine.ts'
import type { Epilogue } from '../epilogue.ts'
import type { TileTransform } from './points.ts'

/** Words of the argument block; strides in bytes. */
export const OUTPUT_ARGS = {
  /** Products of the first channel, point after point; then those of the next channel. */
  products: 0,
  channels: 1,
  /** One float a channel. */
  bias: 2,
  y: 3,
  yChannel: 4,
  yRow: 5,
  /** Entries of OUTPUT_GROUP. */
  groups: 6,
  groupCount: 7,
  /** m x n vectors, and the m x m vectors of pixels of a group. */
  scratch: 8,
  line: 9,
  alpha: 10,
  beta: 11,
  residual: 12,
} as const

/** Words of an entry: bytes to the group's first tile and pixel, then how each of its rows is copied. */
export const OUTPUT_GROUP = { tile: 0, y: 1, rows: 2, vectors: 3, last: 4, lastAt: 5, singles: 6, quads: 7 } as const
export const OUTPUT_GROUP_WORDS = 8
/** The words in place of a copy's where rows are stored directly: a bit a pixel that there is, and of each row but the first whether it is. */
export const DIRECT_GROUP = { bits: 3, more: 5 } as const

/** What the code of the transform depends on. */
export interface OutputShape {
  readonly traits: MachineTraits
  readonly t: TileTransform
  /** Floats from a point's products to the next point's. */
  readonly pitch: number
  /** Of the width: outputs of a tile are so far apart. */
  readonly dilation: number
  /** Whether rows are stored directly; else by way of a line. */
  readonly direct: boolean
  readonly epilogue: Epilogue
}
