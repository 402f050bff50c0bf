// Filters of a Winograd convolution, G g G^T, in the order in which they are read, then biases and the tables of groups.
import { flush } from '../pack.ts'
import { INPUT_GROUP_WORDS } from './input.ts'
import { OUTPUT_GROUP, OUTPUT_GROUP_WORDS } from './output.ts'
import type { WinogradPlan } from './plan.ts'
import { filterMatrix, type Transform } from './points.ts'
import { ROW_COPY, rowCopy } from './rows.ts'

export function packWinograd(
  plan: WinogradPlan,
  weight: Float32Array,
  bias: Float32Array | null,
  memory: ArrayBufferLike,
  offset: number,
): void {
  const { descriptor: d, chunks, transform: t } = plan
  const floats = new Float32Array(memory, offset, plan.inputTablesAt / 4)
  const icPerGroup = d.ic / d.groups
  const transform = filterTransform(t)
  const points = t.n * t.n
  const taps = t.r * t.r
  for (const { oc, rows, tiles, filters } of chunks) {
    for (let channel = 0; channel < rows * tiles; channel++) {
      const [tile, row] = [Math.floor(channel / rows), channel % rows]
      for (let ic = 0; ic < icPerGroup; ic++) {
        const factors = transform(weight, ((oc + channel) * icPerGroup + ic) * taps)
        const to = filters / 4 + (tile * icPerGroup + ic) * rows + row
        for (let point = 0; point < points; point++) floats[to + point * tiles * icPerGroup * rows] = flush(factors[point])
      }
    }
  }
  for (let oc = 0; oc < d.oc; oc++) floats[plan.biasAt / 4 + oc] = bias === null ? 0 : flush(bias[oc])
  packTables(plan, memory, offset)
}

/** G g G^T of the filter that begins at `from`, in double precision, in an array that the next call writes anew. */
function filterTransform(t: Transform): (weight: Float32Array, from: number) => Float64Array {
  const { n, r } = t
  const matrix = Float64Array.from(filterMatrix(t).flat())
  const [half, result] = [new Float64Array(n * r), new Float64Array(n * n)]
  return (weight, from) => {
    for (let i = 0; i < n; i++) {
      for (let col = 0; col < r; col++) {
        let sum = 0
        for (let row = 0; row < r; row++) sum += matrix[i * r + row] * weight[from + row * r + col]
        half[i * r + col] = sum
      }
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let col = 0; col < r; col++) sum += half[i * r + col] * matrix[j * r + col]
        result[i * n + j] = sum
      }
    }
    return result
  }
}

/** Blocks one after the other; every block's table begins where the groups before it end. */
function packTables(plan: WinogradPlan, memory: ArrayBufferLike, offset: number): void {
  const words = new Int32Array(memory, offset, plan.packedBytes / 4)
  let [input, output] = [plan.inputTablesAt / 4, plan.outputTablesAt / 4]
  for (const group of plan.blocks.flatMap(({ groups }) => groups)) {
    words.set([4 * group.staged, 4 * group.tile], input)
    const copy = rowCopy(group.cols, plan.traits.lanes)
    words[output + OUTPUT_GROUP.tile] = 4 * group.tile
    words[output + OUTPUT_GROUP.y] = 4 * group.y
    words[output + OUTPUT_GROUP.rows] = group.rows
    for (const name of ROW_COPY) words[output + OUTPUT_GROUP[name]] = copy[name]
    input += INPUT_GROUP_WORDS
    output += OUTPUT_GROUP_WORDS
  }
}
