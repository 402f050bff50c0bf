// Plain convolutions: of rows and columns, forwards, by vectors, padded with zeros. Most kernels take no others.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import type { MachineTraits } from '../isa/machine.ts'

/** Why a convolution is none, for a person; null where it is one. */
export function notPlain(d: ConvDescriptor, { lanes }: Pick<MachineTraits, 'lanes'>): string | null {
  if (lanes === 1) return 'the scalar tier has no vectors'
  if (d.transposed) return 'the convolution is transposed'
  if (d.rank === 3) return 'the convolution is 3-D'
  return d.paddingMode === 'zeros' ? null : `the padding is ${d.paddingMode}, not zeros`
}
