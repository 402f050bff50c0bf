// How long the matrix kernel takes, by its plan's blocks, steps and shares.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { planMatrix } from '../matrix/plan.ts'
import { stageTime } from './direct.ts'

/**
 * Microseconds: of a step of a pair of lines by 32 channels, of taking up and keeping its sums once, of a step of a line that is
 * gathered, of a byte of pixels, outputs or weights that comes from far away or goes there, and of a call.
 */
const [STEP, SUMS, GATHER, BYTE, CALL] = [0.044, 0.09, 0.036, 0.00002, 0.15]

export function estimateMatrix(d: ConvDescriptor, traits: MachineTraits): number {
  const { blocks, chunks, channels, staged, tablesAt } = planMatrix('', d, traits)
  const steps = chunks.reduce((sum, { count }) => sum + count, 0)
  const turns = chunks.reduce((sum, chunk) => sum + chunk.turns.length, 0)
  const lines = blocks.reduce((sum, block) => sum + block.lines.count, 0)
  const pairs = blocks.reduce((sum, block) => sum + Math.ceil(block.lines.count / 2), 0)
  const multiply = channels.length * (pairs * (STEP * steps + SUMS * turns) + CALL * turns * blocks.length)
  const gather = d.groups * (GATHER * lines * steps + CALL * chunks.length * blocks.length)
  const bytes = 4 * (d.ic * d.input[1] * d.input[2] + d.oc * d.output[1] * d.output[2]) + tablesAt * blocks.length
  return multiply + gather + BYTE * bytes + (staged === null ? 0 : stageTime(d, traits, staged.layout))
}
