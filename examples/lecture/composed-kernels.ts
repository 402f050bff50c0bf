// Two kernels one after the other are one kernel: their convolution. So a 3x3 after a 3x3 sees 5x5, and Sobel's kernel is a blur and a step.
import { conv, convTranspose, corr2d, Tensor } from '@weft/core'

/** Each tap of the first spreads the second: K[c] = sum over a of K1[a] K2[c - a]. (h, w) and (h, w). */
export function compose(first: Tensor, second: Tensor): Tensor {
  const weight = second.reshape([1, 1, ...second.shape])
  return convTranspose(first.reshape([1, ...first.shape]), { weight }).at(0)
}

const blur = Tensor.from([[1], [2], [1]])
const step = Tensor.from([[-1, 0, 1]])
export const sobel = compose(blur, step)
console.log(`a blur down and a step across are Sobel's kernel ${sobel}`)

const picture = Tensor.arange([6, 6]).reshape([6, 6])
picture.data.forEach((value, i) => {
  picture.data[i] = (value * value) % 7
})
export const inTwo = corr2d(corr2d(picture, blur), step)
export const inOne = corr2d(picture, sobel)
console.log(`on a picture, in two steps ${inTwo}\nin one ${inOne}`)

const box = Tensor.full([1, 1, 3, 3], 1)
export const seen = [7, 9].map((size) => conv(conv(Tensor.zeros([1, size, size]), { weight: box }), { weight: box }).shape[1])
console.log(`Two 3x3 take 7x7 to ${seen[0]}x${seen[0]} and 9x9 to ${seen[1]}x${seen[1]}, as one 5x5 does.`)
