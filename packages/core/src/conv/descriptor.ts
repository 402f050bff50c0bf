// ConvDescriptor: everything about one convolution but its numbers; frozen, plain, valid once it exists.
import { WeftError } from '../errors.ts'
import { formatShape, type Shape, sizeOf } from '../tensor/shape.ts'
import { type Activation, resolveActivation } from './activation.ts'
import {
  type ConvOptions,
  type ConvTransposeOptions,
  checkInteger,
  NUMERICS,
  type Numerics,
  paddingPairs,
  perAxis,
  type RunOperands,
} from './options.ts'
import {
  convExtent,
  effectiveKernel,
  largestPadding,
  PADDING_MODES,
  type PaddingMode,
  samePadding,
  transposedExtent,
} from './output-shape.ts'

/** Depth, height, width. Convolutions of fewer axes have leading ones. */
export type Axes = readonly [number, number, number]

/** What the caller sees of a convolution, or of several that are computed together. */
export interface Operation {
  /** Items in the batch, 1 where x has no batch axis. */
  readonly batch: number
  /** Whether a tensor of y's shape is added to the sums, before the activation. */
  readonly residual: boolean
  readonly xShape: Shape
  readonly yShape: Shape
}

export interface ConvDescriptor extends Operation {
  readonly transposed: boolean
  /** Spatial axes that the caller has: 1, 2 or 3. */
  readonly rank: number
  readonly groups: number
  /** Input and output channels, all groups together. */
  readonly ic: number
  readonly oc: number
  readonly input: Axes
  readonly kernel: Axes
  readonly output: Axes
  readonly stride: Axes
  readonly dilation: Axes
  /** Padding before and after each axis, in pixels of the input (of the output for a transposed one). */
  readonly before: Axes
  readonly after: Axes
  readonly paddingMode: PaddingMode
  readonly bias: boolean
  readonly activation: Activation
  readonly numerics: Numerics
  readonly weightShape: Shape
}

/**
 * Describes y = activation(x * weight + bias + residual).
 * @param x (batch?, ic, ...spatial)
 * @param weight (oc, ic / groups, ...kernel)
 * @throws SHAPE, OPTION or TOO_LARGE, with the values that do not fit.
 */
export function describeConv(x: Shape, weight: Shape, bias: boolean, options: ConvOptions & RunOperands = {}): ConvDescriptor {
  const base = common(x, weight, options)
  const { rank, spatial, kernel, stride, dilation, groups } = base
  const [oc, icPerGroup] = weight
  const mode = options.paddingMode ?? 'zeros'
  if (!PADDING_MODES.includes(mode)) {
    throw new WeftError('OPTION', `paddingMode '${String(mode)}' is unknown; there are ${PADDING_MODES.join(', ')}`)
  }
  if (base.ic !== icPerGroup * groups) {
    throw new WeftError(
      'SHAPE',
      `x ${formatShape(x)} has ${base.ic} channels; weight ${formatShape(weight)} in ${groups} group(s) takes ${icPerGroup * groups}`,
      { x, weight, groups },
    )
  }
  if (oc % groups !== 0)
    throw new WeftError('SHAPE', `${oc} output channels cannot be split into ${groups} groups`, { oc, groups })
  const pairs = resolvePadding(options.padding ?? 0, base)
  const output = spatial.map((n, axis) => {
    const [before, after] = pairs[axis]
    const most = largestPadding(n, mode)
    if (before > most || after > most) {
      throw new WeftError(
        'SHAPE',
        `padding [${before}, ${after}] is too large for ${mode} padding of ${n} pixels; at most ${most}`,
      )
    }
    const extent = convExtent(n, kernel[axis], stride[axis], dilation[axis], before, after)
    if (extent < 1) {
      throw new WeftError(
        'SHAPE',
        `a kernel of ${effectiveKernel(kernel[axis], dilation[axis])} pixels does not fit into ${n} pixels with padding ` +
          `${before} and ${after} (axis ${axis} of ${rank}); use more padding or a smaller kernel`,
        { x, weight },
      )
    }
    return extent
  })
  return freeze({ ...base, transposed: false, oc, output, pairs, mode, bias, x, weight, options })
}

/**
 * Describes the transposed convolution, the gradient of a convolution with respect to its input.
 * @param weight (ic, oc / groups, ...kernel)
 * @throws SHAPE, OPTION or TOO_LARGE, with the values that do not fit.
 */
export function describeConvTranspose(
  x: Shape,
  weight: Shape,
  bias: boolean,
  options: ConvTransposeOptions & RunOperands = {},
): ConvDescriptor {
  const base = common(x, weight, options)
  const { rank, spatial, kernel, stride, dilation, groups } = base
  if (base.ic !== weight[0]) {
    throw new WeftError(
      'SHAPE',
      `x ${formatShape(x)} has ${base.ic} channels; the transposed weight ${formatShape(weight)} takes ${weight[0]}`,
      { x, weight },
    )
  }
  if (base.ic % groups !== 0) throw new WeftError('SHAPE', `${base.ic} input channels cannot be split into ${groups} groups`)
  const pairs = paddingPairs(options.padding ?? 0, rank)
  const extra = perAxis('outputPadding', options.outputPadding ?? 0, rank, 0)
  const output = spatial.map((n, axis) => {
    if (extra[axis] >= Math.max(stride[axis], dilation[axis])) {
      throw new WeftError(
        'OPTION',
        `outputPadding ${extra[axis]} must be smaller than the stride ${stride[axis]} or the dilation`,
      )
    }
    const extent = transposedExtent(n, kernel[axis], stride[axis], dilation[axis], ...pairs[axis], extra[axis])
    if (extent < 1)
      throw new WeftError('SHAPE', `the transposed convolution of ${n} pixels has ${extent} pixels left; use less padding`)
    return extent
  })
  return freeze({ ...base, transposed: true, oc: weight[1] * groups, output, pairs, mode: 'zeros', bias, x, weight, options })
}

interface Common {
  rank: number
  batch: number
  ic: number
  groups: number
  spatial: number[]
  kernel: number[]
  stride: number[]
  dilation: number[]
  numerics: Numerics
}

function common(x: Shape, weight: Shape, options: Pick<ConvOptions, 'stride' | 'dilation' | 'groups' | 'numerics'>): Common {
  const rank = weight.length - 2
  if (rank < 1 || rank > 3) {
    throw new WeftError('SHAPE', `weight ${formatShape(weight)} has rank ${weight.length}; 3, 4 and 5 are 1-D, 2-D and 3-D`, {
      weight,
    })
  }
  if (x.length !== rank + 1 && x.length !== rank + 2) {
    throw new WeftError(
      'SHAPE',
      `x ${formatShape(x)} has rank ${x.length}; a ${rank}-D convolution takes rank ${rank + 1}, or ${rank + 2} with a batch axis`,
      { x, weight },
    )
  }
  for (const [name, shape] of [
    ['x', x],
    ['weight', weight],
  ] as const) {
    if (sizeOf(shape) === 0)
      throw new WeftError('SHAPE', `${name} ${formatShape(shape)} is empty: every size must be at least 1`, { [name]: shape })
  }
  const batched = x.length === rank + 2
  const groups = options.groups ?? 1
  checkInteger('groups', groups, 1)
  const numerics = options.numerics ?? 'fast'
  if (!NUMERICS.includes(numerics)) {
    throw new WeftError('OPTION', `numerics '${String(numerics)}' is unknown; there are ${NUMERICS.join(', ')}`)
  }
  return {
    rank,
    batch: batched ? x[0] : 1,
    ic: x[batched ? 1 : 0],
    groups,
    spatial: x.slice(-rank),
    kernel: weight.slice(2),
    stride: perAxis('stride', options.stride ?? 1, rank, 1),
    dilation: perAxis('dilation', options.dilation ?? 1, rank, 1),
    numerics,
  }
}

function resolvePadding(option: NonNullable<ConvOptions['padding']>, base: Common): [number, number][] {
  if (option === 'valid') return base.spatial.map(() => [0, 0])
  if (option === 'same')
    return base.spatial.map((n, axis) => samePadding(n, base.kernel[axis], base.stride[axis], base.dilation[axis]))
  if (typeof option === 'string')
    throw new WeftError('OPTION', `padding '${String(option)}' is unknown; there are 'same' and 'valid'`)
  return paddingPairs(option, base.rank)
}

interface Resolved extends Common {
  transposed: boolean
  oc: number
  output: number[]
  pairs: [number, number][]
  mode: PaddingMode
  bias: boolean
  x: Shape
  weight: Shape
  options: Pick<ConvOptions, 'activation'> & RunOperands
}

function freeze(r: Resolved): ConvDescriptor {
  const yShape = [...(r.x.length === r.rank + 2 ? [r.batch] : []), r.oc, ...r.output]
  sizeOf(yShape)
  return Object.freeze({
    transposed: r.transposed,
    rank: r.rank,
    batch: r.batch,
    groups: r.groups,
    ic: r.ic,
    oc: r.oc,
    input: threeAxes(r.spatial, 1),
    kernel: threeAxes(r.kernel, 1),
    output: threeAxes(r.output, 1),
    stride: threeAxes(r.stride, 1),
    dilation: threeAxes(r.dilation, 1),
    before: threeAxes(
      r.pairs.map(([before]) => before),
      0,
    ),
    after: threeAxes(
      r.pairs.map(([, after]) => after),
      0,
    ),
    paddingMode: r.mode,
    bias: r.bias,
    residual: r.options.residual ?? false,
    activation: resolveActivation(r.options.activation),
    numerics: r.numerics,
    xShape: Object.freeze([...r.x]),
    weightShape: Object.freeze([...r.weight]),
    yShape: Object.freeze(yShape),
  })
}

function threeAxes(values: readonly number[], leading: number): Axes {
  const [d, h, w] = [...new Array<number>(3 - values.length).fill(leading), ...values]
  return Object.freeze([d, h, w] as const)
}
