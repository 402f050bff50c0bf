// The only size and padding arithmetic of the project.

/** Pixels that a kernel of `kernel` taps spans: (k - 1) d + 1. */
export function effectiveKernel(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1
}

/** floor((n + before + after - ((k - 1) d + 1)) / s) + 1: Dive into Deep Learning 6.3, with dilation. */
export function convExtent(n: number, kernel: number, stride: number, dilation: number, before: number, after: number): number {
  return Math.floor((n + before + after - effectiveKernel(kernel, dilation)) / stride) + 1
}

/** (n - 1) s - before - after + (k - 1) d + 1 + outputPadding: the size whose convolution gives n back. */
export function transposedExtent(
  n: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
  outputPadding: number,
): number {
  return (n - 1) * stride - before - after + effectiveKernel(kernel, dilation) + outputPadding
}

/** Padding that makes the output ceil(n / stride) long; where the total is odd the extra one goes after. */
export function samePadding(n: number, kernel: number, stride: number, dilation: number): [before: number, after: number] {
  const total = Math.max(0, (Math.ceil(n / stride) - 1) * stride + effectiveKernel(kernel, dilation) - n)
  const before = Math.floor(total / 2)
  return [before, total - before]
}

export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular'
export const PADDING_MODES: readonly PaddingMode[] = ['zeros', 'reflect', 'replicate', 'circular']

/** The input index that padded index `i` stands for, or -1 where it is a zero. `i` may lie outside of [0, n). */
export function sourceIndex(i: number, n: number, mode: PaddingMode): number {
  if (i >= 0 && i < n) return i
  switch (mode) {
    case 'zeros':
      return -1
    case 'replicate':
      return i < 0 ? 0 : n - 1
    case 'circular':
      return ((i % n) + n) % n
    case 'reflect':
      return i < 0 ? -i : 2 * (n - 1) - i
  }
}

/** The most padding that a mode can give an axis of n: reflect needs other pixels to mirror, circular one whole turn. */
export function largestPadding(n: number, mode: PaddingMode): number {
  if (mode === 'reflect') return n - 1
  return mode === 'circular' ? n : Number.POSITIVE_INFINITY
}
