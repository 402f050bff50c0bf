// One loop for each function of two numbers; written out, since a shared loop would call a function for every element.
import type { OpStorage } from './op.ts'

/** out[at ... end) from a[i], a[i + si] ... and b[j], b[j + sj] ...; out may be a. */
export type BinaryLoop = (
  out: OpStorage,
  at: number,
  end: number,
  a: OpStorage,
  i: number,
  si: number,
  b: OpStorage,
  j: number,
  sj: number,
) => void

type Loops = Readonly<Record<string, BinaryLoop>>

export const ARITHMETIC: Loops = {
  add(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] + b[j]
  },
  sub(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] - b[j]
  },
  mul(out, at, end, a, i, si, b, j, sj) {
    if (out instanceof Int32Array) for (; at < end; at++, i += si, j += sj) out[at] = Math.imul(a[i], b[j])
    else for (; at < end; at++, i += si, j += sj) out[at] = a[i] * b[j]
  },
  /** Quotients of whole numbers are cut towards 0; storing into bytes and 32 bits does it by itself. */
  div(out, at, end, a, i, si, b, j, sj) {
    if (out instanceof Float64Array) for (; at < end; at++, i += si, j += sj) out[at] = Math.trunc(a[i] / b[j])
    else for (; at < end; at++, i += si, j += sj) out[at] = a[i] / b[j]
  },
  min(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = Math.min(a[i], b[j])
  },
  max(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = Math.max(a[i], b[j])
  },
  /** a, or a times b where it is below 0. */
  prelu(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] < 0 ? a[i] * b[j] : a[i]
  },
}

/** The second input may be of another type; the result is of the first one's. */
export const POWERS: Loops = {
  pow(out, at, end, a, i, si, b, j, sj) {
    if (out instanceof Float64Array) for (; at < end; at++, i += si, j += sj) out[at] = Math.trunc(a[i] ** b[j])
    else if (sj === 0 && b[j] === 2) for (; at < end; at++, i += si) out[at] = a[i] * a[i]
    else for (; at < end; at++, i += si, j += sj) out[at] = a[i] ** b[j]
  },
}

export const COMPARISONS: Loops = {
  equal(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] === b[j] ? 1 : 0
  },
  greater(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] > b[j] ? 1 : 0
  },
  greaterOrEqual(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] >= b[j] ? 1 : 0
  },
  less(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] < b[j] ? 1 : 0
  },
  lessOrEqual(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] <= b[j] ? 1 : 0
  },
}

export const LOGIC: Loops = {
  and(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] & b[j]
  },
  or(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] | b[j]
  },
  xor(out, at, end, a, i, si, b, j, sj) {
    for (; at < end; at++, i += si, j += sj) out[at] = a[i] ^ b[j]
  },
}
