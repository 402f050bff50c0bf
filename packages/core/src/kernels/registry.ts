// The kernels, best first; the plain scalar one last.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import { WeftError } from '../errors.ts'
import type { MachineTraits } from '../isa/machine.ts'
import { depthwise } from './depthwise.ts'
import { direct } from './direct.ts'
import type { Kernel, Plan } from './kernel.ts'
import { pointwise } from './pointwise.ts'
import { scalar } from './scalar.ts'
import { WINOGRADS } from './winograd/choice.ts'
import { winograd } from './winograd.ts'

export const KERNELS: readonly Kernel[] = [
  pointwise as Kernel,
  depthwise as Kernel,
  ...WINOGRADS.map(([m, r]) => winograd(m, r) as Kernel),
  direct as Kernel,
  scalar,
]

/** @throws OPTION for a name that is not in the registry. */
export function kernelNamed(name: string): Kernel {
  const kernel = KERNELS.find((candidate) => candidate.name === name)
  if (kernel === undefined) {
    throw new WeftError('OPTION', `kernel '${name}' is unknown; there are ${KERNELS.map((known) => known.name).join(', ')}`)
  }
  return kernel
}

export interface Selection {
  readonly kernel: Kernel
  readonly plan: Plan
  /** The faster kernels that would not take the convolution, and why. */
  readonly refusals: readonly { readonly kernel: string; readonly reason: string }[]
}

/**
 * The first kernel that takes the convolution and does not leave it to others, or the one that is asked for by name.
 * @throws OPTION when that one refuses.
 */
export function select(d: ConvDescriptor, traits: MachineTraits, name?: string): Selection {
  const refusals: { kernel: string; reason: string }[] = []
  for (const kernel of name === undefined ? KERNELS : [kernelNamed(name)]) {
    const reason = kernel.refuses(d, traits) ?? (name === undefined ? (kernel.declines?.(d) ?? null) : null)
    if (reason === null) return { kernel, plan: kernel.plan(d, traits), refusals }
    refusals.push({ kernel: kernel.name, reason })
  }
  throw new WeftError('OPTION', `kernel ${refusals[0].kernel} refuses: ${refusals[0].reason}`)
}
