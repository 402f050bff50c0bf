// The machines that choices are made for where they must not depend on the machine.
import type { MachineTraits } from '../isa/machine.ts'

/** The widest there is. Microseconds of estimates are those of one of its cores: AMD EPYC of 2024, 245 GFLOP/s in AVX-512. */
export const NOMINAL: MachineTraits = { lanes: 16, registers: 32, fused: true, masks: true, matrix: false, prefetches: true }

/** Half as wide, as AVX2, WebAssembly in pairs, and AVX-512 on processors that compute it by halves: products count twice there, memory does not. */
export const NOMINAL_NARROW: MachineTraits = {
  lanes: 8,
  registers: 16,
  fused: true,
  masks: false,
  matrix: false,
  prefetches: true,
}
