// What measured times hold for: a convolution, and the machine, tier and version that ran it.
import type { ConvDescriptor, TierName } from '@weft/core'

/** Times are kept and used only where all of these are the same. */
export interface Setting {
  /** Model of the processor, and cores that the process may use. */
  readonly cpu: string
  readonly cores: number
  readonly threads: number
  readonly tier: TierName
  readonly version: string
}

export function sameSetting(a: Setting, b: Setting): boolean {
  return a.cpu === b.cpu && a.cores === b.cores && a.threads === b.threads && a.tier === b.tier && a.version === b.version
}

/** A text for all of a convolution that the time of a kernel depends on, and which kernels take it. */
export function keyOf(d: ConvDescriptor): string {
  const axes = (values: readonly number[]) => values.join('x')
  const sizes = `mb${d.batch}g${d.groups}ic${d.ic}oc${d.oc}i${axes(d.input)}o${axes(d.output)}k${axes(d.kernel)}s${axes(d.stride)}d${axes(d.dilation)}`
  const padding = `b${axes(d.before)}a${axes(d.after)}${d.paddingMode}`
  return `${d.rank}-D ${d.transposed ? 'transposed ' : ''}${sizes}${padding} ${d.residual ? 'residual ' : ''}${d.activation.kind} ${d.numerics}`
}
