// @weft/core: tensors, the convolution descriptor, kernels and plans. No threads, no I/O.
export { ERROR_CODES, type ErrorCode, type ErrorDetails, fromWire, toWire, WeftError, type WireError } from './errors.ts'
export { DTYPES, type Dtype, type Storage } from './tensor/dtype.ts'
export { formatShape, MAX_ELEMENTS, type Shape, sameShape, sizeOf } from './tensor/shape.ts'
export { expectFloat, type FloatTensor, Tensor } from './tensor/tensor.ts'
