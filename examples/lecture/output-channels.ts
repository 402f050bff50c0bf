// Output channels are what one chooses: each looks for a pattern of its own. They know nothing of each other, so workers share them out.
import { Tensor } from '@weft/core'
import { open } from '@weft/parallel'

const row = [
  [-1, -1, -1],
  [2, 2, 2],
  [-1, -1, -1],
]
const column = [
  [-1, 2, -1],
  [-1, 2, -1],
  [-1, 2, -1],
]
const falling = [
  [2, -1, -1],
  [-1, 2, -1],
  [-1, -1, 2],
]
const rising = falling.map((line) => [...line].reverse())
const patterns = { row, column, falling, rising }
const weight = Tensor.from(Object.values(patterns)).reshape([4, 1, 3, 3])

/** Four pictures (4, 1, 7, 7), a line in each, the way that the pattern of its number goes. */
const on = [
  (i: number, _: number) => i === 3,
  (_: number, j: number) => j === 3,
  (i: number, j: number) => i === j,
  (i: number, j: number) => i + j === 6,
]
const side = Array.from({ length: 7 }, (_, i) => i)
const pictures = Tensor.from(on.map((isOn) => [side.map((i) => side.map((j) => (isOn(i, j) ? 1 : 0)))]))

async function run(threads: number): Promise<Tensor> {
  await using engine = await open({ threads })
  return await engine.conv(pictures, { weight, parallel: 'channels' })
}
export const alone = await run(1)
export const shared = await run(2)

/** The strongest answer of each output channel to each picture. */
export const strongest = side.slice(0, 4).map((picture) => side.slice(0, 4).map((o) => Math.max(...alone.at(picture).at(o).data)))
console.log(`a picture a row, an output channel (${Object.keys(patterns).join(', ')}) a column ${Tensor.from(strongest)}`)
console.log('Each answers most to the line that is its own: 3 taps of 2.')

export const sameBits = alone.data.every((value, i) => Object.is(value, shared.data[i]))
console.log(`By one worker and by two: ${sameBits ? 'the same to the last bit' : 'not the same'}.`)
