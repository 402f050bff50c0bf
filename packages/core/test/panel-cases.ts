// Convolutions with panels around every edge of the tiles that are copied together: four of them and eight, and one more or less.
import { type ConvDescriptor, describeConv } from '@weft/core'

/** @param tile pixels of a register tile */
export function panelCases(tile: number): { kernel: string; d: ConvDescriptor }[] {
  const widths = [4, 5, 8, 9].flatMap((tiles) => [tiles * tile - 1, tiles * tile, tiles * tile + 1])
  return widths.flatMap((width) => [
    { kernel: 'f32-pointwise', d: describeConv([48, 1, width], [126, 48, 1, 1], true, { activation: 'relu' }) },
    { kernel: 'f32-direct', d: describeConv([16, 3, width], [66, 16, 3, 3], true, { padding: 1 }) },
  ])
}
