// MobileNet's block: each channel is filtered alone (depthwise 3x3), then the channels are mixed (1x1). Nearly a full convolution, for an eighth.
import { Conv2d, conv, costOf, describeConv, Tensor } from '@weft/core'

const depthwise = describeConv([32, 112, 112], [32, 1, 3, 3], true, { padding: 1, groups: 32 })
const pointwise = describeConv([32, 112, 112], [64, 32, 1, 1], true)
const full = describeConv([32, 112, 112], [64, 32, 3, 3], true, { padding: 1 })
export const cost = { block: costOf(depthwise).macs + costOf(pointwise).macs, full: costOf(full).macs }
console.log(`3x3 from 32 to 64 channels at 112x112: ${cost.full.toLocaleString('en')} multiply-accumulates`)
console.log(
  `depthwise and then 1x1:                ${cost.block.toLocaleString('en')}, ${(cost.full / cost.block).toFixed(1)} times fewer\n`,
)

// As the network has it, with relu6 between the two: an input channel is a row of the mixture.
const filter = new Conv2d({ inChannels: 2, outChannels: 2, kernelSize: 3, padding: 1, groups: 2, activation: 'relu6' })
filter.load({ weight: Tensor.full([2, 1, 3, 3], 1), bias: Tensor.from([0, -3]) })
const mix = new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: 1, bias: false })
const mixture = Tensor.from([
  [1, 0],
  [0, 1],
  [1, 1],
]).reshape([3, 2, 1, 1])
const x = Tensor.full([2, 3, 3], 1)
export const y = mix.load({ weight: mixture }).forward(filter.forward(x))
console.log(`Ones summed by 3x3 are 4, 6 and 9; relu6 stops at 6; the second channel is 3 less; the third output adds both ${y}`)

// Without the activation the two are one convolution, whose kernels are products: K[o, c] = mixture[o, c] x filter[c].
const columns = Tensor.arange([2, 1, 3, 3])
const image = Tensor.arange([2, 5, 5])
const products = [...mixture.data].flatMap((factor, at) => [...columns.at(at % 2).data].map((tap) => factor * tap))
export const inTwo = conv(conv(image, { weight: columns, groups: 2 }), { weight: mixture })
export const inOne = conv(image, { weight: new Tensor(Float32Array.from(products), [3, 2, 3, 3]) })
const same = inTwo.data.every((value, i) => value === inOne.data[i])
console.log(`Without it, in two steps or in one with the products as kernels: ${same ? 'the same' : 'not the same'}.`)
