// How long the matrix kernel takes, by the blocks and steps that it is cut into.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { lineOf, rowsOf } from '../matrix/blocks.ts'
import { matrixCut } from '../matrix/cut.ts'
import { stageTime } from './direct.ts'

/**
 * Microseconds: of a step of a pair of lines by 32 channels, and of the gathering of it; of taking up and keeping its sums once; of a
 * byte of pixels, staged ones, outputs or weights that comes from far away or goes there; of a call.
 */
const [STEP, GATHER, SUMS, BYTE, CALL] = [0.062, 0.037, 0.094, 0.000024, 0.15]

export function estimateMatrix(d: ConvDescriptor, traits: MachineTraits): number {
  const { steps, chunks, channels, weightsBlock, layout, window, parts } = matrixCut(d, 1)
  const { full } = lineOf(rowsOf(d, layout)[1])
  const pairs = parts.reduce((sum, { row, col }) => sum + Math.ceil(Math.ceil((row.count * col.count) / full) / 2), 0)
  const gather = GATHER * d.groups * pairs * steps
  const multiply = channels.length * pairs * (STEP * steps + SUMS * chunks.length)
  const times = window ? parts.length : 1
  const planes = layout.staged ? 2 * layout.planeFloats * times : 0
  const bytes =
    4 * (d.ic * (d.input[1] * d.input[2] + planes) + d.oc * d.output[1] * d.output[2]) +
    channels.length * weightsBlock * parts.length
  const calls = d.groups * parts.length * chunks.length
  return gather + multiply + BYTE * bytes + CALL * calls + (layout.staged ? times * stageTime(d, traits, layout) : 0)
}
