// The machine that choices are made for where they must not depend on the machine.
import type { MachineTraits } from '../isa/machine.ts'

/** The widest there is. Microseconds of estimates are those of one of its cores: AMD EPYC of 2024, 245 GFLOP/s in AVX-512. */
export const NOMINAL: MachineTraits = { lanes: 16, registers: 32, fused: true, matrix: false }
