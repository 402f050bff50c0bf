// How long the gemv kernel takes, beside the broadcast kernel, which reads float32.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { MachineTraits } from '../../isa/machine.ts'
import { estimateBroadcast } from './broadcast.ts'

/** Bytes of float32 weights that stay in a core's own cache; those of more come from far away, and the time is that of reading them. */
const CACHE = 2 * 1024 * 1024
/** Of the other kernel's time: of weights from far away, and of those at hand, which are taken apart for nothing. */
const [FAR, NEAR] = [0.7, 1.2]

export function estimateGemv(d: ConvDescriptor, products: number, traits: MachineTraits): number {
  return estimateBroadcast(d, traits) * (4 * d.oc * products > CACHE ? FAR : NEAR)
}
