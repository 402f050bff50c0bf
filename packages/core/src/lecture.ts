// The functions of Dive into Deep Learning 6.2 and 6.4, under their own names.
import { conv } from './conv.ts'
import { WeftError } from './errors.ts'
import { formatShape } from './tensor/shape.ts'
import { expectFloat, type FloatTensor, Tensor } from './tensor/tensor.ts'

/** Y[i, j] = sum over a, b of X[i + a, j + b] K[a, b]. X (h, w), K (kh, kw), Y (h - kh + 1, w - kw + 1). */
export function corr2d(x: Tensor, k: Tensor): FloatTensor {
  expectRanks('corr2d', x, 2, k, 2)
  const y = conv(x.reshape([1, ...x.shape]), { weight: k.reshape([1, 1, ...k.shape]), numerics: 'strict' })
  return y.at(0)
}

/** The sum over input channels of corr2d. X (ci, h, w), K (ci, kh, kw), Y (h - kh + 1, w - kw + 1). */
export function corr2dMultiIn(x: Tensor, k: Tensor): FloatTensor {
  expectRanks('corr2dMultiIn', x, 3, k, 3)
  return conv(x, { weight: k.reshape([1, ...k.shape]), numerics: 'strict' }).at(0)
}

/** corr2dMultiIn for each output channel, stacked. X (ci, h, w), K (co, ci, kh, kw), Y (co, h - kh + 1, w - kw + 1). */
export function corr2dMultiInOut(x: Tensor, k: Tensor): FloatTensor {
  expectRanks('corr2dMultiInOut', x, 3, k, 4)
  return conv(x, { weight: k, numerics: 'strict' })
}

/** The 1x1 convolution as the matrix product that it is: (co, ci) times (ci, h w). X (ci, h, w), K (co, ci, 1, 1), Y (co, h, w). */
export function corr2dMultiInOut1x1(x: Tensor, k: Tensor): FloatTensor {
  expectRanks('corr2dMultiInOut1x1', x, 3, k, 4)
  const [co, ci, kh, kw] = k.shape
  const [channels, h, w] = x.shape
  if (kh !== 1 || kw !== 1 || ci !== channels) {
    throw new WeftError(
      'SHAPE',
      `corr2dMultiInOut1x1: K ${formatShape(k.shape)} must be (co, ${channels}, 1, 1) for X ${formatShape(x.shape)}`,
    )
  }
  return matmul(k.reshape([co, ci]), x.reshape([ci, h * w])).reshape([co, h, w])
}

/** The matrix product of (m, k) and (k, n), summed in the order of k and rounded to float32 once at the end. */
export function matmul(a: Tensor, b: Tensor): FloatTensor {
  expectRanks('matmul', a, 2, b, 2)
  const [left, right] = [expectFloat(a, 'the left matrix').data, expectFloat(b, 'the right matrix').data]
  const [m, inner] = a.shape
  const n = b.shape[1]
  if (inner !== b.shape[0]) {
    throw new WeftError(
      'SHAPE',
      `matmul: ${formatShape(a.shape)} and ${formatShape(b.shape)} do not fit; the inner sizes must be equal`,
    )
  }
  const y = Tensor.zeros([m, n])
  const row = new Float64Array(n)
  for (let i = 0; i < m; i++) {
    row.fill(0)
    for (let k = 0; k < inner; k++) {
      const factor = left[i * inner + k]
      for (let j = 0; j < n; j++) row[j] += factor * right[k * n + j]
    }
    y.data.set(row, i * n)
  }
  return y
}

function expectRanks(name: string, x: Tensor, xRank: number, k: Tensor, kRank: number): void {
  if (x.rank === xRank && k.rank === kRank) return
  throw new WeftError(
    'SHAPE',
    `${name} takes ranks ${xRank} and ${kRank}; it was given ${formatShape(x.shape)} and ${formatShape(k.shape)}`,
  )
}
