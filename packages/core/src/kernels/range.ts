// Units numbered tile by tile, block by block within a tile; walked block by block, so that a block stays in the cache.

export interface Unit {
  readonly tile: number
  readonly block: number
}

/** Every unit of [begin, end) once. A range is up to three rectangles of tiles by blocks. */
export function* blockMajor(begin: number, end: number, blocks: number): Generator<Unit> {
  const [first, last] = [Math.ceil(begin / blocks), Math.floor(end / blocks)]
  if (first > last) return yield* rectangle(last, first, begin - last * blocks, end - last * blocks)
  yield* rectangle(first - 1, first, begin - (first - 1) * blocks, blocks)
  yield* rectangle(first, last, 0, blocks)
  yield* rectangle(last, last + 1, 0, end - last * blocks)
}

function* rectangle(fromTile: number, toTile: number, fromBlock: number, toBlock: number): Generator<Unit> {
  for (let block = fromBlock; block < toBlock; block++) {
    for (let tile = fromTile; tile < toTile; tile++) yield { tile, block }
  }
}
