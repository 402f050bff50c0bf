// What the input transform is told: when its code is emitted, and when it is called.
import type { MachineTraits } from '../../isa/machine.ts'
import type { TileTransform } from './points.ts'

/** Words of the argument block; strides in bytes. */
export const INPUT_ARGS = {
  /** The first pixel of the first channel that is staged, and the distances to the next row and channel. */
  x: 0,
  xRow: 1,
  xChannel: 2,
  channels: 3,
  /** The line that each row passes through, where the picture begins in it, and how often vectors of all phases are staged from it. */
  line: 4,
  lead: 5,
  pieces: 6,
  /** Staged rows: the first of all, the first from the picture, and how many are from the picture. */
  staged: 7,
  firstReal: 8,
  rows: 9,
  vectors: 10,
  last: 11,
  lastAt: 12,
  singles: 13,
  /** Memory of line and staged rows, set to zero first. */
  clear: 14,
  clearVectors: 15,
  /** Factors of the first channel; the distances to the same of the next phase, and to the next channel and point. */
  v: 16,
  vPhase: 17,
  vChannel: 18,
  vPoint: 19,
  /** Entries of { bytes from the first staged row, bytes from the channel's first factor }. */
  groups: 20,
  groupCount: 21,
  /** n x n vectors. */
  scratch: 22,
  quads: 23,
} as const
export const INPUT_GROUP_WORDS = 2

/** Of the height and the width. */
export type Steps = readonly [number, number]

/** A phase of the picture: rows and columns from the first that is staged to its own, and whether its filters have values at the point 0 of each axis. */
export interface InputPhase {
  readonly from: Steps
  readonly whole: readonly [boolean, boolean]
}

/** What the code of the transform depends on. */
export interface InputShape {
  readonly traits: MachineTraits
  readonly t: TileTransform
  readonly dilation: Steps
  readonly stride: Steps
  readonly phases: readonly InputPhase[]
  /** Tiles of every group where they are few (few.ts): their floats alone are stored; else null. */
  readonly few: number | null
  /** Whether factors of pairs of points are scaled (sums.ts). */
  readonly sums: boolean
  /** Null: rows are staged by way of a line. */
  readonly inPlace: InPlace | null
}

/** Rows that are read where they lie in the picture: of so many columns those before `lead`, and those behind `count` more, are padding. */
export interface InPlace {
  readonly cols: number
  readonly lead: number
  readonly count: number
}
