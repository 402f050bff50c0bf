// The weights of a chain: those of its convolutions one after the other, as its kernel packs them.
import { type ChainDescriptor, convsOf } from '../conv/chain.ts'
import type { ChainProgramStep, ConvProgramStep, ProgramConstant } from '../program.ts'
import { type FloatTensor, Tensor } from '../tensor/tensor.ts'

export interface Weights {
  readonly weight: FloatTensor
  readonly bias: FloatTensor | null
}

/** @param weights of each convolution, in order; a bias that one does not have is 0 */
export function joinWeights(chain: ChainDescriptor, weights: readonly Weights[]): { weight: FloatTensor; bias: FloatTensor } {
  return {
    weight: joined(weights.map(({ weight }) => weight.data)),
    bias: joined(convsOf(chain).map(({ oc }, i) => weights[i].bias?.data ?? new Float32Array(oc))),
  }
}

/** The weights of a step of a program. */
export function weightsOf(step: ConvProgramStep | ChainProgramStep, constants: readonly ProgramConstant[]): Weights {
  const tensor = (number: number) => new Tensor(constants[number].data as Float32Array, constants[number].shape)
  const weights = ({ weight, bias }: ChainProgramStep['weights'][number]): Weights => ({
    weight: tensor(weight),
    bias: bias === null ? null : tensor(bias),
  })
  return step.kind === 'chain' ? joinWeights(step.descriptor, step.weights.map(weights)) : weights(step)
}

function joined(arrays: readonly Float32Array[]): FloatTensor {
  const all = new Float32Array(arrays.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const array of arrays) {
    all.set(array, at)
    at += array.length
  }
  return new Tensor(all, [all.length])
}
