// Several input channels: each has a kernel of its own, and the results are added up. One map comes out, however many go in.
import { corr2d, corr2dMultiIn, Tensor } from '@weft/core'

const x = Tensor.from([
  [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
  ],
  [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ],
])
const k = Tensor.from([
  [
    [0, 1],
    [2, 3],
  ],
  [
    [1, 2],
    [3, 4],
  ],
])

export const parts = [0, 1].map((channel) => corr2d(x.at(channel), k.at(channel)))
export const y = corr2dMultiIn(x, k)
console.log(`the first channel alone ${parts[0]}\nthe second alone ${parts[1]}\nboth ${y}`)
console.log('Each number of the last is the sum of those two above it: 19 + 37 = 56.')
