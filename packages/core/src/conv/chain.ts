// ChainDescriptor: a depthwise convolution and the pointwise ones beside it, computed together; frozen, plain, valid once it exists.
import { WeftError } from '../errors.ts'
import { formatShape, sameShape } from '../tensor/shape.ts'
import type { ConvDescriptor, Operation } from './descriptor.ts'

/** y of each is x of the next. Only the last may add a residual. */
export interface ChainDescriptor extends Operation {
  readonly pointwiseBefore: ConvDescriptor | null
  readonly depthwise: ConvDescriptor
  readonly pointwiseAfter: ConvDescriptor | null
}

/** @throws OPTION when these convolutions, in order, are no chain, with the reason */
export function describeChain(convs: readonly ConvDescriptor[]): ChainDescriptor {
  const reason = chainMisfit(convs)
  if (reason !== null) throw new WeftError('OPTION', `the convolutions are no chain: ${reason}`)
  const [first, last] = [convs[0], convs[convs.length - 1]]
  const at = convs.findIndex(isDepthwise)
  return Object.freeze({
    batch: first.batch,
    xShape: first.xShape,
    yShape: last.yShape,
    residual: last.residual,
    pointwiseBefore: at === 0 ? null : first,
    depthwise: convs[at],
    pointwiseAfter: at === convs.length - 1 ? null : last,
  })
}

/** In order. */
export function convsOf({ pointwiseBefore, depthwise, pointwiseAfter }: ChainDescriptor): ConvDescriptor[] {
  return [pointwiseBefore, depthwise, pointwiseAfter].filter((conv) => conv !== null)
}

/** Why these convolutions, in order, are no chain, for a person; null where they are. */
export function chainMisfit(convs: readonly ConvDescriptor[]): string | null {
  if (convs.length < 2 || convs.length > 3) return `there are ${convs.length}, not two or three`
  const at = convs.findIndex(isDepthwise)
  if (at < 0) return 'none is depthwise in two dimensions'
  if (convs.length === 3 && at !== 1) return 'of three the second must be depthwise'
  for (const [index, d] of convs.entries()) {
    const name = `number ${index + 1}`
    if (index !== at && !isPointwise(d)) return `${name} is not pointwise, of one group, at stride 1 and without padding`
    if (index < convs.length - 1 && d.residual) return `${name} adds a residual, and only the last may`
    if (index > 0 && !sameShape(convs[index - 1].yShape, d.xShape)) {
      return `${name} takes ${formatShape(d.xShape)}, and the one before it gives ${formatShape(convs[index - 1].yShape)}`
    }
  }
  return null
}

function isDepthwise(d: ConvDescriptor): boolean {
  return d.rank === 2 && !d.transposed && d.groups > 1 && d.groups === d.ic
}

function isPointwise(d: ConvDescriptor): boolean {
  const same = d.output.every((extent, axis) => extent === d.input[axis])
  const ones = [d.kernel, d.stride].every((axes) => axes.every((value) => value === 1))
  return d.rank === 2 && d.groups === 1 && same && ones && [...d.before, ...d.after].every((padding) => padding === 0)
}
