// Checks on weights and bias before anything is planned or allocated.
import { WeftError } from '../errors.ts'
import { formatShape } from '../tensor/shape.ts'
import { expectFloat, type FloatTensor, type Tensor } from '../tensor/tensor.ts'

/** @throws WEIGHTS when a value is NaN or infinite, DTYPE, or SHAPE when the bias is not one number an output channel. */
export function checkWeights(weight: Tensor, bias: Tensor | null, oc: number): { weight: FloatTensor; bias: FloatTensor | null } {
  const checked = {
    weight: finite(expectFloat(weight, 'weight'), 'weight'),
    bias: bias === null ? null : finite(expectFloat(bias, 'bias'), 'bias'),
  }
  if (checked.bias !== null && (checked.bias.rank !== 1 || checked.bias.size !== oc)) {
    throw new WeftError('SHAPE', `bias ${formatShape(checked.bias.shape)} must be (${oc}), one number an output channel`, {
      bias: checked.bias.shape,
    })
  }
  return checked
}

function finite(tensor: FloatTensor, name: string): FloatTensor {
  const bad = tensor.data.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw new WeftError('WEIGHTS', `${name} holds ${tensor.data[bad]} at index ${bad}; weights must be finite`, { index: bad })
  return tensor
}
