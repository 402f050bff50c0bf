// Which kernels are worth measuring for a convolution, and which of the measured ones is taken.
import { type ConvDescriptor, candidatesFor, KERNELS, type MachineTraits } from '@weft/core'
import type { KernelTimes } from './record.ts'

/** Kernels whose estimate is so many times the least are not measured: estimates are not that wrong. */
const HOPELESS = 5
/** Part of the time of the kernel of the best estimate at most: what is nearer to it is noise. */
const CLEARLY = 0.97

/** Best estimate first. For 'strict' numerics, only kernels that sum in the order chosen for every machine. */
export function rivalsFor(d: ConvDescriptor, traits: MachineTraits): string[] {
  const { candidates } = candidatesFor(d, traits)
  const allowed = candidates.filter(({ inOrder }) => inOrder === candidates[0].inOrder || d.numerics !== 'strict')
  const least = Math.min(...allowed.map(({ micros }) => micros))
  return allowed.filter(({ micros }, index) => index === 0 || micros <= HOPELESS * least).map(({ kernel }) => kernel)
}

/** The kernel of the least time, a gain that its error is worth and that is more than noise; null where none of the rivals was measured. */
export function winnerOf(d: ConvDescriptor, traits: MachineTraits, times: KernelTimes): string | null {
  const rivals = rivalsFor(d, traits)
  let [winner, least]: [string | null, number] = [null, Number.POSITIVE_INFINITY]
  for (const kernel of rivals) {
    const measured = times.get(kernel)
    if (measured === undefined) continue
    const worth = KERNELS.find(({ name }) => name === kernel)?.worth ?? 1
    const time = measured / worth / (kernel === rivals[0] ? 1 : CLEARLY)
    if (time < least) [winner, least] = [kernel, time]
  }
  return winner
}
