// Stride one half: a transposed convolution makes maps larger. It is a convolution of the picture with zeros put between its pixels.
import { Conv1d, conv, convTranspose, Tensor } from '@weft/core'

const x = Tensor.from([[2, 4, 8]])
const ramp = Tensor.from([0.5, 1, 0.5]).reshape([1, 1, 3])
export const larger = convTranspose(x, { weight: ramp, stride: 2, padding: 1 })
console.log(`2 4 8 with stride one half and the kernel 0.5 1 0.5: ${[...larger.data].join(' ')}`)
console.log('Each number in between is the mean of its neighbours.\n')

const between = Tensor.from([[2, 0, 4, 0, 8]])
export const withZeros = conv(between, { weight: ramp, padding: 1 })
console.log(`2 0 4 0 8 with the kernel turned round, which is the same: ${[...withZeros.data].join(' ')}`)

const half = new Conv1d({ inChannels: 1, outChannels: 1, kernelSize: 3, stride: 2, padding: 1, bias: false })
export const back = half.load({ weight: Tensor.from([0, 1, 0]).reshape([1, 1, 3]) }).forward(larger)
console.log(`and stride two back: ${[...back.data].join(' ')}`)
