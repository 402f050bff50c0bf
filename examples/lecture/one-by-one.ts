// A 1x1 kernel sees no neighbours: it mixes channels, pixel by pixel, so that it is a matrix product. Is that the same to the last bit?
import { corr2dMultiInOut, corr2dMultiInOut1x1, Tensor } from '@weft/core'

/** Three channels of 2x2, and two mixtures of them: their sum, and the first less the last. */
const x = Tensor.arange([3, 2, 2])
const mix = Tensor.from([
  [1, 1, 1],
  [1, 0, -1],
]).reshape([2, 3, 1, 1])
export const whole = { product: corr2dMultiInOut1x1(x, mix), layer: corr2dMultiInOut(x, mix) }
console.log(`(co, ci) times (ci, h w) ${whole.product}`)
console.log(`the general convolution  ${whole.layer}\n`)

const wave = (shape: number[], step: number) =>
  new Tensor(
    Tensor.arange(shape).data.map((i) => Math.sin(step * i)),
    shape,
  )
const [many, weights] = [wave([256, 12, 12], 0.7), wave([32, 256, 1, 1], 1.3)]
const product = corr2dMultiInOut1x1(many, weights).data
const layer = corr2dMultiInOut(many, weights).data
export const count = product.length
export const differing = product.filter((value, i) => value !== layer[i]).length
export const largest = product.reduce((most, value, i) => Math.max(most, Math.abs(value - layer[i])), 0)
console.log(
  `With 256 channels of numbers that are not whole, ${differing} of ${count} results differ, by at most ${largest.toExponential(1)}.`,
)
console.log('Whole numbers are summed without rounding, in any order. Others are rounded on the way: the layer rounds each')
console.log('partial sum to float32, the product here sums in float64 and rounds once. Neither is wrong.')
