// Vector paths of operators, on every tier that the machine has: the numbers of the operator's own way, around every edge.
import {
  type OpDType,
  type OpParams,
  opNamed,
  planOp,
  type Shape,
  type Tensor,
  TIER_NAMES,
  TIERS,
  type VectorPath,
} from '@weft/core'
import { allowPairing, type Engine, openWorkspace } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import { onTier } from './on-tier.ts'
import { Builder, numbers, runOp } from './program-builder.ts'
import { NATIVE_TIERS } from './safety/here.ts'

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

/** Lengths of a row around one, two and three times its sixteen sums; numbers of rows around a group of every tier. */
const LENGTHS = [...Array.from({ length: 32 }, (_, i) => i + 2), 48, 49, 50, 169]
const ROWS = [1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33]
const REDUCED: readonly [shape: Shape, axes: number[]][] = [
  [
    [5, 1, 40],
    [0, 2],
  ],
  ...LENGTHS.map((size): [Shape, number[]] => [[1, 19, size], [2]]),
  ...ROWS.map((rows): [Shape, number[]] => [
    [rows, 7, 7],
    [2, -2],
  ]),
  [
    [600, 7, 7],
    [1, 2],
  ],
  [[2, 3, 70000], [2]],
  [
    [1, 20, 1, 9, 1],
    [0, 2, 3, 4],
  ],
  [
    [1, 9, 1, 20],
    [0, 1, 2, 3],
  ],
]
/** Rows that are not dense, or of a number each. */
const NO_ROWS: readonly [shape: Shape, axes: number[]][] = [
  [
    [5, 2, 40],
    [0, 2],
  ],
  [[40, 30], [0]],
  [
    [4, 5, 6],
    [0, 2],
  ],
  [[6, 5], []],
  [[1, 19, 1], [2]],
]

describe('vector paths', () => {
  it.each(TIER_NAMES)('of maxPool give the bits of the operator itself on %s', (tier) =>
    onTier(tier, async (engine) => {
      for (const [shape, params] of POOLS) {
        const x = numbers(shape, 1)
        // All below zero: padding must not win.
        for (let i = 0; i < x.size; i++) x.data[i] -= 1.5
        const wanted = runOp('maxPool', [x], params).data
        expect([shape, params, await run(engine, 'maxPool', x, params)]).toEqual([shape, params, wanted])
      }
    }),
  )

  it('of sums and means are taken for dense rows of float32, and for no others', () => {
    const taken = (dtype: OpDType, [shape, axes]: (typeof REDUCED)[number], op = 'reduceMean') =>
      opNamed(op).vector?.(planOp(op, [{ dtype, shape }], { axes, keep: true }), TIERS.avx2.traits) ?? null
    for (const each of REDUCED) expect([each, taken('float32', each)]).not.toEqual([each, null])
    for (const each of NO_ROWS) expect([each, taken('float32', each)]).toEqual([each, null])
    expect(taken('int32', REDUCED[0])).toBeNull()
    expect(taken('float32', REDUCED[0], 'reduceMax')).toBeNull()
  })

  it.each(TIER_NAMES)('of sums and means give the bits of the operator itself on %s', (tier) =>
    onTier(tier, async (engine) => {
      for (const [index, [shape, axes]] of [...REDUCED, ...NO_ROWS].entries()) {
        const x = numbers(shape, 1)
        // Of sizes that are lost beside each other.
        for (let i = 0; i < x.size; i++) x.data[i] *= 2 ** ((i * 7) % 41)
        if (x.size > 1000) x.data.set([Number.POSITIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY], x.size >> 1)
        const op = ['reduceMean', 'reduceSum'][index % 2]
        const params = { axes, keep: false }
        expect([op, shape, axes, await run(engine, op, x, params)]).toEqual([op, shape, axes, runOp(op, [x], params).data])
      }
    }),
  )

  it.each(TIER_NAMES.filter((name) => name !== 'scalar'))('of sums touch what they say, and nothing else, on %s', (tier) => {
    if (TIERS[tier].kind === 'native' && !NATIVE_TIERS.includes(tier)) return
    const { workspace, close } = openWorkspace(tier)
    const { memory } = workspace
    const { traits } = TIERS[tier]
    for (const size of LENGTHS) {
      const x = numbers([19, size], 1)
      const plan = planOp('reduceSum', [{ dtype: 'float32', shape: x.shape }], { axes: [1], keep: false })
      const path = opNamed('reduceSum').vector?.(plan, traits) as VectorPath
      // Nothing may be read behind the memory.
      const [at, to] = [memory.buffer.byteLength - 4 * x.size, 4096]
      new Float32Array(memory.buffer, at).set(x.data)
      const around = new Float32Array(memory.buffer, to - 64, 19 + 32).fill(77)
      const touched = new Set<number>()
      const code = new Map(
        path.functions.map(({ name, touches }) => {
          const call = workspace.callables(path.functions).get(name) as (args: number) => void
          const noted = (args: number) => {
            for (const { from, to: end } of touches(new Int32Array(memory.buffer), args / 4, traits))
              for (let byte = from; byte < end; byte += 4) touched.add(byte)
            call(args)
          }
          return [name, noted]
        }),
      )
      const run = path.runner(code, memory.buffer)
      run(0, 17, { inputs: [at], outputs: [to], private: 1024 }, () => false)
      run(17, 19, { inputs: [at], outputs: [to], private: 1024 }, () => false)
      const sums = Array.from(runOp('reduceSum', [x], { axes: [1], keep: false }).data)
      expect([size, ...around]).toEqual([size, ...new Array(16).fill(77), ...sums, ...new Array(16).fill(77)])
      const wanted = [...x.data.keys()].map((i) => at + 4 * i).concat([...sums.keys()].map((i) => to + 4 * i))
      expect([...touched].sort((a, b) => a - b)).toEqual(wanted.sort((a, b) => a - b))
    }
    close()
  })
})
