// The layer: kernels and a bias, one number for each output channel, that costs almost nothing and so is there unless told otherwise.
import { Conv2d, costOf, describeConv, Tensor } from '@weft/core'

const x = Tensor.from([Tensor.arange([3, 3]).toArray(), Tensor.arange([3, 3], 1).toArray()])
const kernel = (from: number) => [Tensor.arange([2, 2], from).toArray(), Tensor.arange([2, 2], from + 1).toArray()]

const layer = new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: 2 })
layer.load({ weight: Tensor.from([kernel(0), kernel(1), kernel(2)]), bias: Tensor.from([-56, 0, 1000]) })
export const y = layer.forward(x)
console.log(`X * W + B with B = (-56, 0, 1000) ${y}`)
console.log('Without it the maps began with 56, 76 and 96.\n')

const { macs } = costOf(describeConv([100, 64, 64], [100, 100, 5, 5], true, { padding: 2 }))
export const share = (100 * 64 * 64) / macs
console.log(`In a layer of 100 to 100 channels and 5x5 kernels the bias is one addition in ${Math.round(1 / share)}.`)
