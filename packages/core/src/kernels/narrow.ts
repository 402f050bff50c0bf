// The machine for short rows: what half a vector holds is computed on half as many lanes, which span fewer cache lines and are not left empty.
import type { MachineTraits } from '../isa/machine.ts'

/** The one machine with vectors of two widths. */
const [WIDE, NARROW] = [16, 8]

/** @param floats that lie side by side. Without the matrix unit: all masks are the vectors'. */
export function machineFor(floats: number, tier: MachineTraits): MachineTraits {
  return { ...tier, ...(tier.lanes === WIDE && floats <= NARROW && { lanes: NARROW }), matrix: false }
}
