// Learning the edge kernel from a picture and its edges by gradient descent, with nothing but convolutions.
import { conv, Tensor } from '@weft/core'

const x = Tensor.from([Array.from({ length: 6 }, () => [1, 1, 0, 0, 0, 0, 1, 1])])
const wanted = conv(x, { weight: Tensor.from([[[[1, -1]]]]) })
const minusWanted = conv(wanted, { weight: Tensor.full([1, 1, 1, 1], -1) })

export const RATE = 0.03
export const STEPS = 20
/** The kernel after each step, from zeros on, and the sum of squares of what is wrong with it. */
export const history: { readonly kernel: readonly number[]; readonly loss: number }[] = []

let kernel = Tensor.zeros([1, 1, 1, 2])
for (let step = 0; step <= STEPS; step++) {
  const error = conv(x, { weight: kernel, residual: minusWanted })
  history.push({ kernel: [...kernel.data], loss: error.data.reduce((sum, value) => sum + value * value, 0) })
  // The loss is the sum of error^2, so a tap's gradient is 2 sum of error[i, j] x[i + a, j + b]: x convolved with the error as the kernel.
  const gradient = conv(x, { weight: error.reshape([1, ...error.shape]) })
  kernel = conv(gradient, { weight: Tensor.full([1, 1, 1, 1], -2 * RATE), residual: kernel.at(0) }).reshape(kernel.shape)
}

for (const [step, { kernel: taps, loss }] of history.entries()) {
  if (step % 4 === 0)
    console.log(
      `step ${String(step).padStart(2)}   loss ${loss.toExponential(2)}   kernel ${taps.map((tap) => tap.toFixed(4)).join(' ')}`,
    )
}
console.log('The edges were made with [1, -1].')
