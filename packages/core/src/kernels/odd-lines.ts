// Rows of floats an odd number of cache lines apart: neighbours do not fall on the same sets of a cache.

const LINE = 16

/** Floats to the next row, of so many at least. */
export function oddLines(floats: number): number {
  const lines = Math.ceil(floats / LINE)
  return (lines + 1 - (lines % 2)) * LINE
}
