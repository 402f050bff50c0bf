// Vector paths of operators, on every tier that the machine has: the numbers of the operator's own way, around every edge.
import { type OpParams, type Shape, type Tensor, TIER_NAMES } from '@weft/core'
import { allowPairing, type Engine, open } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import { Builder, numbers, runOp } from './program-builder.ts'

allowPairing()

async function run(engine: Engine, op: string, input: Tensor, params: OpParams): Promise<Float32Array> {
  const b = new Builder()
  const x = b.value(input.shape)
  const program = b.program(x, b.op(op, [x], params))
  const prepared = await engine.prepareProgram(program, [])
  const [y] = await prepared.run([input.data as Float32Array])
  await prepared.dispose()
  return y as Float32Array
}

const window = (kernel: number[], stride: number[], before: number[], after = before, dilation = [1, 1], ceil = false) => ({
  kernel,
  stride,
  dilation,
  before,
  after,
  ceil,
})
/** Widths below, at and above one and two vectors of every tier, whole and halved by the stride. */
const WIDTHS = [2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 34, 63, 64, 65, 67]
const POOLS: readonly [shape: Shape, params: OpParams][] = [
  ...WIDTHS.flatMap((w): [Shape, OpParams][] => [
    [[1, 3, 6, w], window([2, 2], [2, 2], [0, 0])],
    [[1, 3, 7, w], window([3, 3], [2, 2], [1, 1])],
    [[1, 3, 6, w], window([3, 3], [1, 1], [1, 1])],
    [[1, 3, 6, w + 1], window([2, 3], [2, 2], [0, 0], [0, 0], [1, 1], true)],
  ]),
  [[2, 19, 9, 9], window([3, 3], [2, 2], [1, 1])],
  [[1, 64, 111, 111], window([3, 3], [2, 2], [0, 0], [0, 0], [1, 1], true)],
  [[1, 2, 20, 37], window([5, 5], [3, 3], [2, 1], [1, 2])],
  [[1, 2, 20, 37], window([3, 2], [1, 2], [0, 0], [0, 0], [2, 3])],
  [[1, 2, 300, 40], window([1, 1], [1, 1], [0, 0])],
]

describe('vector paths', () => {
  it.each(TIER_NAMES)('of maxPool give the bits of the operator itself on %s', async (tier) => {
    const engine = await open({ threads: 2, tier }).catch((error) => {
      expect(error).toMatchObject({ code: 'TIER' })
      return null
    })
    if (engine === null) return
    for (const [shape, params] of POOLS) {
      const x = numbers(shape, 1)
      // All below zero: padding must not win.
      for (let i = 0; i < x.size; i++) x.data[i] -= 1.5
      expect([shape, params, await run(engine, 'maxPool', x, params)]).toEqual([
        shape,
        params,
        runOp('maxPool', [x], params).data,
      ])
    }
    await engine.close()
  })
})
