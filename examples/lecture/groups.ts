// Groups: channels are split, and each part has a convolution of its own. As one kernel over all channels that is block-diagonal.
import { conv, costOf, describeConv, type FloatTensor, Tensor } from '@weft/core'

const [groups, ci, co, k] = [2, 4, 4, 3]
const [inGroup, outGroup] = [ci / groups, co / groups]
const weight = Tensor.arange([co, inGroup, k, k], 1)

/** (co, ci / groups, kh, kw) to (co, ci, kh, kw), zero outside of the blocks. */
export function blockDiagonal(grouped: FloatTensor): FloatTensor {
  const full = Tensor.zeros([co, ci, k, k])
  for (let o = 0; o < co; o++) {
    const group = Math.floor(o / outGroup)
    full
      .at(o)
      .slice(group * inGroup, (group + 1) * inGroup)
      .data.set(grouped.at(o).data)
  }
  return full
}

const full = blockDiagonal(weight)
console.log('which output channel (rows) reads which input channel (columns):')
for (let o = 0; o < co; o++) {
  console.log(
    `  ${Array.from({ length: ci }, (_, c) =>
      full
        .at(o)
        .at(c)
        .data.some((tap) => tap !== 0)
        ? '#'
        : '.',
    ).join(' ')}`,
  )
}

const x = Tensor.arange([ci, 5, 5])
export const grouped = conv(x, { weight, groups })
export const whole = conv(x, { weight: full })
const same = grouped.data.every((value, i) => value === whole.data[i])
console.log(`${grouped.at(0)}`)
console.log(`In groups, or as one kernel with zeros: ${same ? 'the same' : 'not the same'}.`)

export const saved =
  costOf(describeConv(x.shape, full.shape, false)).macs / costOf(describeConv(x.shape, weight.shape, false, { groups })).macs
console.log(`In groups it is ${saved} times fewer multiply-accumulates.`)
