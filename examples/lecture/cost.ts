// What a layer costs: ci co kh kw mh mw multiply-accumulates, and what becomes of it when channels or padding double.
import { costOf, describeConv } from '@weft/core'

const macs = (channels: number, size: number, kernel: number, padding: number): number =>
  costOf(describeConv([channels, size, size], [channels, channels, kernel, kernel], false, { padding })).macs
const count = (value: number): string => value.toLocaleString('en')

export const layer = macs(100, 64, 5, 2)
export const million = layer * 10 * 1e6
console.log(`100 to 100 channels, 5x5, 64x64 out: ${count(layer)} multiply-accumulates`)
console.log(`ten such layers on a million examples: ${million.toExponential(3)}\n`)

export const { flops } = costOf(describeConv([128, 256, 256], [128, 128, 5, 5], false, { padding: 2 }))
console.log(`128 to 128 channels, 5x5, 256x256 out: ${count(flops)} multiplications and additions together\n`)

export const doubled = { channels: macs(200, 64, 5, 2) / layer, padding: macs(100, 64, 5, 4) / layer }
console.log(`With twice the channels, in and out: ${doubled.channels} times the cost.`)
console.log(`With twice the padding, 68x68 out: ${doubled.padding.toFixed(3)} times the cost, (68/64)^2.`)
