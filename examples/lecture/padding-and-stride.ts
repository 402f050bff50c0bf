// Padding keeps the size, stride cuts it down, and what stands outside of the picture is a choice: zeros, a mirror, the border, the other side.
import { conv, describeConv, explain, PADDING_MODES, Tensor } from '@weft/core'

const strided = conv(Tensor.zeros([1, 8, 8]), { weight: Tensor.zeros([1, 1, 3, 5]), padding: [0, 1], stride: [3, 4] })
export const shape = strided.shape
console.log('8x8, kernel (3, 5), padding (0, 1), stride (3, 4):')
console.log(`floor((8 - 3) / 3) + 1 = ${shape[1]} rows, floor((8 + 2 - 5) / 4) + 1 = ${shape[2]} columns\n`)

/** A kernel of one tap, 1, shows what it is laid over. */
export const outside = Object.fromEntries(
  PADDING_MODES.map((paddingMode) => {
    const y = conv(Tensor.from([[1, 2, 3, 4]]), { weight: Tensor.full([1, 1, 1], 1), padding: 2, paddingMode })
    return [paddingMode, [...y.data]]
  }),
)
console.log('1 2 3 4 with two more on either side:')
for (const [mode, row] of Object.entries(outside)) console.log(`  ${mode.padEnd(9)}  ${row.join(' ')}`)

const d = describeConv([64, 7, 7], [64, 64, 3, 3], false, { padding: 1 })
export const products = { all: explain(d).cost.macs, zeros: 64 * 64 * (7 * 7 * 9 - 19 * 19), scalar: explain(d, 'scalar').macs }
console.log(`\n3x3 on 7x7 with padding 1: of ${products.all.toLocaleString('en')} products`)
console.log(
  `${products.zeros.toLocaleString('en')} are with a zero of the padding; the plain kernel does ${products.scalar.toLocaleString('en')} and leaves them out.`,
)
