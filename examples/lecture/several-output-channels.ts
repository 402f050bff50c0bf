// Several output channels: a stack of kernels, each over all input channels, gives a stack of maps.
import { corr2dMultiInOut, Tensor } from '@weft/core'

const x = Tensor.from([Tensor.arange([3, 3]).toArray(), Tensor.arange([3, 3], 1).toArray()])
const k = [Tensor.arange([2, 2]).toArray(), Tensor.arange([2, 2], 1).toArray()]
const plus = (by: number) => [Tensor.arange([2, 2], by).toArray(), Tensor.arange([2, 2], 1 + by).toArray()]
const stack = Tensor.from([k, plus(1), plus(2)])

export const y = corr2dMultiInOut(x, stack)
console.log(`X (ci, h, w) = (${x.shape}), K (co, ci, kh, kw) = (${stack.shape}), Y (co, ...) = (${y.shape})`)
console.log(`K, K + 1 and K + 2 give ${y}`)
console.log('From K to K + 1 each output grows by the sum of what lies under the kernel: 0+1+3+4 + 1+2+4+5 = 20.')
