// Convolution of one plane by its definition, in float64: what examples on pictures are held against.

/** y[i][j] = sum of k[a][b] x[i + a - before][j + b - before], with the border repeated outwards. Sizes are those of x. */
export function planeByDefinition(
  x: ArrayLike<number>,
  height: number,
  width: number,
  k: readonly (readonly number[])[],
): Float64Array {
  const inside = (index: number, extent: number) => Math.min(Math.max(index, 0), extent - 1)
  const [top, left] = [(k.length - 1) >> 1, (k[0].length - 1) >> 1]
  const y = new Float64Array(height * width)
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++)
      for (let a = 0; a < k.length; a++)
        for (let b = 0; b < k[a].length; b++) {
          y[i * width + j] += k[a][b] * x[inside(i + a - top, height) * width + inside(j + b - left, width)]
        }
  return y
}

export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = a.length === b.length ? 0 : Number.POSITIVE_INFINITY
  for (let i = 0; i < a.length; i++)
    most = Math.max(most, Number.isNaN(a[i] - b[i]) ? Number.POSITIVE_INFINITY : Math.abs(a[i] - b[i]))
  return most
}
