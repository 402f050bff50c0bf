// How long the matrix kernel takes, by the blocks and steps that it is cut into.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { isLine } from '../broadcast/dense.ts'
import { lineOf, rowsOf } from '../matrix/blocks.ts'
import { matrixCut } from '../matrix/cut.ts'
import { stagedBytes, stageTime } from './direct.ts'
import { farTime, nearTime } from './far.ts'

/**
 * Microseconds: of a step of a pair of lines by 32 channels, and of the gathering of it; of an output, and of a call. By 684 random
 * convolutions and 86 layers of networks, so that others take as many times their estimates there.
 */
const [STEP, GATHER, OUTPUT, CALL] = [0.07, 0.02, 0.000045, 0.17]

export function estimateMatrix(d: ConvDescriptor, traits: MachineTraits): number {
  const { steps, chunks, channels, weightsBlock, layout, window, parts } = matrixCut(d, 1)
  const { full } = lineOf(rowsOf(d, layout)[1])
  const pairs = parts.reduce((sum, { row, col }) => sum + Math.ceil(Math.ceil((row.count * col.count) / full) / 2), 0)
  const gather = GATHER * d.groups * pairs * steps
  const multiply = STEP * channels.length * pairs * steps + OUTPUT * d.oc * d.output[1] * d.output[2]
  const times = window ? parts.length : 1
  const weights = (channels.length * weightsBlock * parts.length) / 4
  const calls = d.groups * parts.length * chunks.length
  // A chain has other sums.
  const far = farTime(d, layout.staged ? times * stagedBytes(d, layout) : 0, weights) + (isLine(d) ? nearTime(d) : 0)
  return gather + multiply + CALL * calls + (layout.staged ? times * stageTime(d, traits, layout) : 0) + far
}
