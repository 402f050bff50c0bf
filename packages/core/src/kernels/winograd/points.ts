// The points of a Winograd transform F(m, r), and the numbers of its matrices, by Cook and Toom.

/** F(m, r): m outputs of a filter of r taps from m + r - 1 products. */
export interface Transform {
  /** Outputs of a tile along an axis, and taps. */
  readonly m: number
  readonly r: number
  /** Products of a tile along an axis. */
  readonly n: number
  /** Points 0, a and -a of each pair, and infinity where n is even: their polynomials share even and odd parts. */
  readonly pairs: readonly number[]
}

/**
 * The transform on the points 0, as many pairs as it takes, and infinity where n is even. The pairs are those of the least error of some
 * that were tried: with 1 and 2 instead of the roots the 6 points of F(4, 3) err 3.5 times as much.
 * Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015; the construction: Blahut, Fast Algorithms for Signal
 * Processing, chapter 5; other points: Barabasz et al., Error Analysis and Improving the Accuracy of Winograd Convolution, 2020.
 */
export function transformOf(m: number, r: number): Transform {
  const n = m + r - 1
  return { m, r, n, pairs: PAIRS[n] }
}
const [TWO, THREE] = [
  [Math.SQRT1_2, Math.SQRT2],
  [1, 2, 1 / 2],
]
const PAIRS: Readonly<Record<number, readonly number[]>> = { 1: [], 3: [1], 4: [1], 5: TWO, 6: TWO, 7: THREE, 8: THREE }

/** The transforms of a tile along its height and its width; the products of one tile are those of the two. */
export interface TileTransform {
  readonly y: Transform
  readonly x: Transform
  readonly points: number
}

/** @param outputs and `taps` of a tile, height and width: an axis of one tap has one output, and is not transformed */
export function tileTransform(outputs: readonly [number, number], taps: readonly [number, number]): TileTransform {
  const [y, x] = [transformOf(outputs[0], taps[0]), transformOf(outputs[1], taps[1])]
  return { y, x, points: y.n * x.n }
}

/** Whether it is F(m x m, r x r). */
export function isSquare({ y, x }: TileTransform, m: number, r: number): boolean {
  return [y, x].every((axis) => axis.m === m && axis.r === r)
}

/** A part of the names of functions: outputs and taps of both axes, once where they are alike. */
export function transformName({ y, x }: TileTransform): string {
  const [height, width] = [y, x].map(({ m, r }) => `${m}-${r}`)
  return height === width ? width : `${height}-by-${width}`
}

/** Whether infinity is one of the points. */
export function hasInfinity({ n }: Transform): boolean {
  return n % 2 === 0
}

/** Coefficients of y^0 .. y^k of the product of (y - b^2) over the pairs b, but for the one left out; the last is 1. */
export function pairProduct({ pairs }: Transform, without?: number): number[] {
  let product = [1]
  for (const b of pairs) {
    if (b === without) continue
    product = Array.from({ length: product.length + 1 }, (_, power) => (product[power - 1] ?? 0) - b * b * (product[power] ?? 0))
  }
  return product
}

/** The rows of G, n by r: what the taps are multiplied with. Rows in the order 0, a, -a, ..., infinity. */
export function filterMatrix(t: Transform): number[][] {
  const at = (product: readonly number[], y: number) => product.reduceRight((sum, coefficient) => sum * y + coefficient, 0)
  const powers = (x: number, over: number) => Array.from({ length: t.r }, (_, power) => x ** power / over)
  const rows = [powers(0, at(pairProduct(t), 0))]
  for (const a of t.pairs) {
    const slope = 2 * a * a * at(pairProduct(t, a), a * a)
    rows.push(powers(a, slope), powers(-a, slope))
  }
  if (hasInfinity(t)) rows.push(Array.from({ length: t.r }, (_, power) => (power === t.r - 1 ? 1 : 0)))
  return rows
}
