// The check on a residual before anything is computed.
import type { Operation } from '../conv/descriptor.ts'
import { WeftError } from '../errors.ts'
import { formatShape, sameShape } from '../tensor/shape.ts'
import { expectFloat, type FloatTensor, type Tensor } from '../tensor/tensor.ts'

/** @throws DTYPE, SHAPE when the residual is not of y's shape, or OPTION when there is none and must be one, or the other way round. */
export function checkResidual(residual: Tensor | null, d: Operation): FloatTensor | null {
  if (d.residual !== (residual !== null)) {
    throw new WeftError(
      'OPTION',
      d.residual
        ? `the convolution adds a residual, and none was given; give a tensor of ${formatShape(d.yShape)}`
        : 'a residual was given, and the convolution was described without one; describe or prepare it with residual: true',
    )
  }
  if (residual === null) return null
  const addend = expectFloat(residual, 'residual')
  if (!sameShape(residual.shape, d.yShape)) {
    throw new WeftError(
      'SHAPE',
      `residual is ${formatShape(residual.shape)}; it is added to the output, so it must be ${formatShape(d.yShape)}`,
      { residual: residual.shape, expected: d.yShape },
    )
  }
  return addend
}
