// The matrix unit: tiles of 16 rows of 64 bytes, multiplied as numbers of 8 significant bits (bfloat16), summed as float32.
import type { Int, Vec } from './handles.ts'

declare const tile: unique symbol
declare const far: unique symbol
declare const mask: unique symbol
/** A tile register: 16 rows of 16 float32, or of 16 pairs of bfloat16. */
export interface Tile {
  readonly [tile]: true
}
/** A register of 64 bits: an address, of which rows of memory may lie apart by another register. */
export interface Far {
  readonly [far]: true
}
/** Which lanes of a vector are meant, as a register says it. */
export interface Mask {
  readonly [mask]: true
}

/** Tile registers that there are. */
export const TILES = 8
/** Bytes of a tile and of a row of it, and rows. */
export const [TILE_BYTES, ROW_BYTES, TILE_ROWS] = [1024, 64, 16] as const

/** The 64 bytes that `use` is told: palette 1, and every tile of its full size (Intel SDM, LDTILECFG). */
export function tileConfig(): Int32Array {
  const bytes = new Uint8Array(64)
  bytes[0] = 1
  for (let index = 0; index < TILES; index++) {
    bytes[16 + 2 * index] = ROW_BYTES
    bytes[48 + index] = TILE_ROWS
  }
  return new Int32Array(bytes.buffer)
}

/** The same 32 bits in every lane of each. */
export interface Pairing {
  /** The bits of a leading part, and half of the last of them. */
  readonly keep: Vec
  readonly half: Vec
  /** What becomes of numbers that are none: one whose upper bits are not all set, which rounding would turn into another. */
  readonly nan: Vec
}

/** The same 32 bits in every lane of each: the upper half, and the byte below it. */
export interface Short {
  readonly upper: Vec
  readonly lower: Vec
}

/** What a machine with a matrix unit can do beside. Tiles, masks and addresses are handles, given back at the end of their scope. */
export interface MatrixUnit {
  /** Tiles hold something only within `body`. @param config word of the argument block that says where the bytes of `tileConfig` lie */
  use(config: number, body: () => void): void
  tile(): Tile
  /** Rows `stride` bytes apart. */
  loadTile(to: Tile, at: Far, offset: number, stride: Far): void
  storeTile(at: Far, offset: number, stride: Far, from: Tile): void
  /** acc[m][n] += the sum over k of a[m][k] b[k][n]: row m of a is 32 numbers k, row r of b is numbers 2r and 2r + 1 of every n. */
  multiply(acc: Tile, a: Tile, b: Tile): void

  /** Makes an offset into the arena the address there: the register holds that from now on. */
  far(at: Int): Far
  /** A fresh register with a number of bytes. */
  distance(bytes: number): Far
  advance(to: Far, bytes: number): void
  /** Says that the cache line there, `by` bytes behind an address if it is told, is read soon. */
  prefetch(at: Far, by: Int | null, offset: number): void
  /** A fresh register of lanes. */
  mask(): Mask
  /** The low bits of a word of memory, a bit a lane. */
  loadMask(to: Mask, at: Int, offset: number): void
  /** Lanes from memory `by` bytes behind an address; the others become 0, or stay. No more memory than theirs is touched. */
  loadLanes(to: Vec, at: Far, by: Int, lanes: Mask, others: 'zero' | 'stay'): void
  /** Fresh registers with what `pairs` needs. */
  pairing(): Pairing
  /**
   * Numbers as two of bfloat16 each, a pair of `even` and `odd` side by side in every lane: `high` their leading parts, `low` what is
   * left, both rounded to the nearest. They are off by at most 2^-17 of themselves. `even` and `odd` hold anything afterwards.
   */
  pairs(high: Vec, low: Vec, even: Vec, odd: Vec, pairing: Pairing): void
  /** Fresh registers with what `loadShort` needs. */
  short(): Short
  /**
   * Four vectors from three of memory: of numbers, of which the upper 24 bits are there and the others 0. The first vector has the upper halves
   * of the numbers of `to[0]`, and in the lower half of a lane those of `to[1]`; the second those of the other two; the third their lower
   * bytes, of 1, 0, 2 and 3 from the lowest of a lane on.
   */
  loadShort(to: readonly Vec[], at: Int, offset: number, short: Short): void
}
