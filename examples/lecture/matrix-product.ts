// A convolution with a kernel of any size is a matrix product too: of the kernels as rows and the patches of the picture as columns.
import { conv, corr2dMultiInOut, matmul, Tensor } from '@weft/core'

const [ci, co, k] = [2, 3, 2]
const x = Tensor.from([Tensor.arange([3, 3]).toArray(), Tensor.arange([3, 3], 1).toArray()])
const kernel = (from: number) => [Tensor.arange([k, k], from).toArray(), Tensor.arange([k, k], from + 1).toArray()]
const weight = Tensor.from([kernel(0), kernel(1), kernel(2)])

// Patches are cut by a convolution with kernels of a single 1: the identity matrix.
const taps = ci * k * k
const identity = Tensor.zeros([taps, ci, k, k])
for (let tap = 0; tap < taps; tap++) identity.data[tap * taps + tap] = 1
const cut = conv(x, { weight: identity })
export const patches = cut.reshape([taps, -1])
console.log(`a patch a column, ${ci} channels of ${k}x${k} below each other ${patches}`)

export const product = matmul(weight.reshape([co, taps]), patches).reshape([co, ...cut.shape.slice(1)])
export const direct = corr2dMultiInOut(x, weight)
console.log(`kernels times patches ${product}`)
console.log(
  `${patches.size} numbers of patches from ${x.size} of the picture: the price of doing it this way, which weft's kernels do not pay.`,
)
