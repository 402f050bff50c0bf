// Layers as PyTorch names them, in camelCase: Conv1d, Conv2d, Conv3d, ConvTranspose2d.

import type { ActivationOption } from './conv/activation.ts'
import { checkInteger, type Numerics, type PaddingOption, type PerAxis, perAxis } from './conv/options.ts'
import type { PaddingMode } from './conv/output-shape.ts'
import { conv, convTranspose } from './conv.ts'
import { WeftError } from './errors.ts'
import { formatShape, type Shape, sameShape } from './tensor/shape.ts'
import { expectFloat, type FloatTensor, Tensor } from './tensor/tensor.ts'

export interface LayerOptions {
  inChannels: number
  outChannels: number
  kernelSize: PerAxis
  stride?: PerAxis
  padding?: PaddingOption
  paddingMode?: PaddingMode
  dilation?: PerAxis
  groups?: number
  /** Whether each output channel adds a number of its own; true by default, since it costs almost nothing. */
  bias?: boolean
  activation?: ActivationOption
  /** 'fast' by default. */
  numerics?: Numerics
}

export interface TransposeLayerOptions extends Omit<LayerOptions, 'padding' | 'paddingMode'> {
  padding?: PerAxis
  outputPadding?: PerAxis
}

/** Weight and bias of a layer, kept with the shapes that they must have. */
abstract class Weighted<O extends LayerOptions | TransposeLayerOptions> {
  readonly options: Readonly<O>
  readonly weightShape: Shape
  #weight: FloatTensor
  #bias: FloatTensor | null

  protected constructor(options: O, rank: number, transposed: boolean) {
    const { inChannels, outChannels, groups = 1 } = options
    for (const [name, value] of Object.entries({ inChannels, outChannels, groups })) checkInteger(name, value, 1)
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new WeftError('OPTION', `${inChannels} and ${outChannels} channels cannot be split into ${groups} groups`, {
        inChannels,
        outChannels,
        groups,
      })
    }
    const kernel = perAxis('kernelSize', options.kernelSize, rank, 1)
    this.options = { ...options }
    this.weightShape = transposed ? [inChannels, outChannels / groups, ...kernel] : [outChannels, inChannels / groups, ...kernel]
    this.#weight = Tensor.zeros(this.weightShape)
    this.#bias = (options.bias ?? true) ? Tensor.zeros([outChannels]) : null
  }

  get weight(): FloatTensor {
    return this.#weight
  }
  get bias(): FloatTensor | null {
    return this.#bias
  }

  /** Takes weight and bias from tensors of the right shapes; they are zero until then. @throws SHAPE, DTYPE */
  load({ weight, bias }: { weight: Tensor; bias?: Tensor | null }): this {
    if (!sameShape(weight.shape, this.weightShape)) {
      throw new WeftError('SHAPE', `weight is ${formatShape(weight.shape)}; the layer takes ${formatShape(this.weightShape)}`)
    }
    const wants = this.#bias !== null
    if (wants !== (bias !== undefined && bias !== null)) {
      throw new WeftError(
        'OPTION',
        wants
          ? 'the layer has a bias, and none was given; pass it, or make the layer with bias: false'
          : 'the layer was made with bias: false, and a bias was given',
      )
    }
    if (bias && !sameShape(bias.shape, [this.options.outChannels])) {
      throw new WeftError('SHAPE', `bias is ${formatShape(bias.shape)}; the layer takes (${this.options.outChannels})`)
    }
    this.#weight = expectFloat(weight, 'weight')
    this.#bias = bias ? expectFloat(bias, 'bias') : null
    return this
  }
}

class Conv extends Weighted<LayerOptions> {
  constructor(options: LayerOptions, rank: number) {
    super(options, rank, false)
  }

  /** x (batch?, inChannels, ...spatial) to y (batch?, outChannels, ...output). */
  forward(x: Tensor): FloatTensor {
    return conv(x, { ...convOptions(this.options), weight: this.weight, bias: this.bias })
  }
}

/** x (batch?, inChannels, length) */
export class Conv1d extends Conv {
  constructor(options: LayerOptions) {
    super(options, 1)
  }
}
/** x (batch?, inChannels, height, width) */
export class Conv2d extends Conv {
  constructor(options: LayerOptions) {
    super(options, 2)
  }
}
/** x (batch?, inChannels, depth, height, width) */
export class Conv3d extends Conv {
  constructor(options: LayerOptions) {
    super(options, 3)
  }
}

/** x (batch?, inChannels, height, width); the weight is (inChannels, outChannels / groups, kh, kw). */
export class ConvTranspose2d extends Weighted<TransposeLayerOptions> {
  constructor(options: TransposeLayerOptions) {
    super(options, 2, true)
  }

  forward(x: Tensor): FloatTensor {
    return convTranspose(x, { ...convOptions(this.options), weight: this.weight, bias: this.bias })
  }
}

function convOptions<O extends LayerOptions | TransposeLayerOptions>(options: O) {
  const { inChannels: _in, outChannels: _out, kernelSize: _kernel, bias: _bias, ...rest } = options
  return rest
}
