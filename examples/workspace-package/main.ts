// The package of edges.ts, used by its name as another package of the workspace would: a square is found by its outline.
import { Tensor } from '@weft/core'
import { edgeFinder } from 'example-edges'

const side = Array.from({ length: 8 }, (_, i) => i)
const inside = (i: number) => i >= 2 && i <= 5
const square = Tensor.from([[side.map((i) => side.map((j) => (inside(i) && inside(j) ? 1 : 0)))]])

await using finder = await edgeFinder(square.shape)
export const edges = await finder.find(square)
for (const i of side) console.log(side.map((j) => (edges.get(0, 0, i, j) > 0 ? '#' : '.')).join(' '))
