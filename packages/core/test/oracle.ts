// The oracle: convolution in float64 by its definition, gathered output by output. Slow, plain, never optimised.

export interface OracleProblem {
  transposed: boolean
  groups: number
  x: { data: ArrayLike<number>; batch: number; channels: number; size: readonly number[] }
  weight: { data: ArrayLike<number>; shape: readonly number[] }
  bias: ArrayLike<number> | null
  residual: ArrayLike<number> | null
  stride: readonly number[]
  dilation: readonly number[]
  before: readonly number[]
  mode: 'zeros' | 'reflect' | 'replicate' | 'circular'
  output: { channels: number; size: readonly number[] }
  activation: { kind: string; alpha: number; beta: number }
}

export interface OracleResult {
  y: Float64Array
  /** For each output the sum of |x w| (and |bias|, |residual|): what its error is measured against. */
  magnitude: Float64Array
}

/** All sizes are depth, height, width. */
export function oracle(p: OracleProblem): OracleResult {
  const [outDepth, outHeight, outWidth] = p.output.size
  const total = p.x.batch * p.output.channels * outDepth * outHeight * outWidth
  const y = new Float64Array(total)
  const magnitude = new Float64Array(total)
  let at = 0
  for (let n = 0; n < p.x.batch; n++)
    for (let oc = 0; oc < p.output.channels; oc++)
      for (let z = 0; z < outDepth; z++)
        for (let row = 0; row < outHeight; row++)
          for (let col = 0; col < outWidth; col++) {
            const [sum, size] = onePixel(p, n, oc, [z, row, col])
            const addend = p.residual === null ? 0 : p.residual[at]
            y[at] = activate(sum + addend, p.activation)
            magnitude[at++] = size + Math.abs(addend)
          }
  return { y, magnitude }
}

function onePixel(p: OracleProblem, n: number, oc: number, out: readonly number[]): [number, number] {
  const inGroup = p.x.channels / p.groups
  const outGroup = p.output.channels / p.groups
  const group = Math.floor(oc / outGroup)
  const kernel = p.weight.shape.slice(2)
  const [depth, height, width] = p.x.size
  let sum = p.bias === null ? 0 : p.bias[oc]
  let size = Math.abs(sum)
  for (let c = 0; c < inGroup; c++) {
    const channel = group * inGroup + c
    for (let a = 0; a < kernel[0]; a++)
      for (let b = 0; b < kernel[1]; b++)
        for (let e = 0; e < kernel[2]; e++) {
          const z = place(p, 0, out[0], a)
          const row = place(p, 1, out[1], b)
          const col = place(p, 2, out[2], e)
          if (z === null || row === null || col === null) continue
          const first = p.transposed ? channel * outGroup + (oc % outGroup) : oc * inGroup + c
          const w = p.weight.data[((first * kernel[0] + a) * kernel[1] + b) * kernel[2] + e]
          const x = p.x.data[(((n * p.x.channels + channel) * depth + z) * height + row) * width + col]
          sum += x * w
          size += Math.abs(x * w)
        }
  }
  return [sum, size]
}

function place(p: OracleProblem, axis: number, out: number, tap: number): number | null {
  const n = p.x.size[axis]
  if (p.transposed) {
    const scaled = out + p.before[axis] - tap * p.dilation[axis]
    if (scaled % p.stride[axis] !== 0) return null
    const i = scaled / p.stride[axis]
    return i >= 0 && i < n ? i : null
  }
  let i = out * p.stride[axis] + tap * p.dilation[axis] - p.before[axis]
  if (i >= 0 && i < n) return i
  if (p.mode === 'zeros') return null
  if (p.mode === 'replicate') return Math.min(Math.max(i, 0), n - 1)
  if (p.mode === 'circular') return (i + n) % n
  if (i < 0) i = -i
  return i >= n ? 2 * n - 2 - i : i
}

function activate(v: number, { kind, alpha, beta }: OracleProblem['activation']): number {
  if (kind === 'relu') return Math.max(v, 0)
  if (kind === 'relu6' || kind === 'clip') return Math.min(Math.max(v, alpha), beta)
  if (kind === 'leakyRelu') return v < 0 ? v * alpha : v
  if (kind === 'sigmoid') return 1 / (1 + Math.exp(-v))
  if (kind === 'silu') return v / (1 + Math.exp(-v))
  if (kind === 'hardSwish') return (v * Math.min(Math.max(v + 3, 0), 6)) / 6
  return v
}
