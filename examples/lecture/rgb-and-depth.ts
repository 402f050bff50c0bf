// RGB and depth, both ways: four channels of a picture, or four slices of a volume. A card before a wall of its own colour shows in the depth.
import { Conv2d, Conv3d, Tensor } from '@weft/core'

const [HEIGHT, WIDTH] = [5, 8]
const plane = (value: (row: number, column: number) => number) =>
  Array.from({ length: HEIGHT }, (_, row) => Array.from({ length: WIDTH }, (_, column) => value(row, column)))
const card = (row: number, column: number) => row >= 1 && row <= 3 && column >= 2 && column <= 5
const grey = plane(() => 0.5)
const scene = Tensor.from([grey, grey, grey, plane((row, column) => (card(row, column) ? 1 : 3))])

// Two output channels: edges in the colours together, and edges in the depth. (co, ci, kh, kw)
const [edge, blind] = [[[1, -1]], [[0, 0]]]
const weight = Tensor.from([
  [edge, edge, edge, blind],
  [blind, blind, blind, edge],
])
const flat = new Conv2d({ inChannels: 4, outChannels: 2, kernelSize: [1, 2], bias: false }).load({ weight })
export const asChannels = flat.forward(scene)
console.log(`colour: nothing to see ${asChannels.at(0)}`)
console.log(`depth: the card, 2 nearer than the wall ${asChannels.at(1)}`)

// The same kernels, (co, 1, 4, kh, kw), over one volume of depth 4.
const deep = new Conv3d({ inChannels: 1, outChannels: 2, kernelSize: [4, 1, 2], bias: false })
export const asVolume = deep.load({ weight: weight.reshape([2, 1, 4, 1, 2]) }).forward(scene.reshape([1, 4, HEIGHT, WIDTH]))
const equal = asVolume.data.every((value, i) => value === asChannels.data[i])
console.log(`As a volume (${asVolume.shape}): the same numbers, ${equal ? 'to the last bit' : 'but not to the last bit'}.`)
