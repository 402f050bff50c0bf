// Vector paths of elementwise operators, of moves and of products of matrices, on every tier that the machine has.
import { type OpParams, opNamed, planOp, type Shape, sizeOf, type Tensor, TIER_NAMES, TIERS } from '@weft/core'
import { allowPairing, type Engine } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import { onTier } from './on-tier.ts'
import { Builder, numbers, runOp } from './program-builder.ts'
import { UNARY } from './unary-ops.ts'

allowPairing()

async function run(engine: Engine, op: string, inputs: readonly Tensor[], params: OpParams): Promise<number[]> {
  const b = new Builder()
  const [first, ...others] = inputs
  const x = b.value(first.shape)
  const y = b.op(op, [x, ...others.map((other) => b.constant(other))], params)
  const prepared = await engine.prepareProgram(b.program(x, y), b.constants)
  const [out] = await prepared.run([first.data as Float32Array])
  await prepared.dispose()
  return Array.from(out as ArrayLike<number>)
}

/** Numbers of which the first, and that of a row that has but one, is a zero with a sign. */
function signed(shape: Shape, seed: number): Tensor {
  const x = numbers(shape, seed)
  if (x.size > 0) x.data[0] = -0
  return x
}

/** Around one vector and four of every tier, and around the part of a row that is a unit. */
const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 4095, 4096, 4097, 9001]
const FEW = [1, 3, 5, 16, 33, 64, 127, 4097]
/** The scalar tier has no vectors. */
const VECTOR_TIERS = TIER_NAMES.filter((name) => name !== 'scalar')
const PAIRS: readonly [Shape, Shape][] = [
  ...SIZES.map((size): [Shape, Shape] => [[size], [size]]),
  ...FEW.map((size): [Shape, Shape] => [[3, size], [1]]),
  ...FEW.map((size): [Shape, Shape] => [
    [1, 5, 1, size],
    [1, 5, 1, 1],
  ]),
  ...FEW.map((size): [Shape, Shape] => [[5, size], [size]]),
  [
    [2, 3, 7, 9],
    [1, 3, 1, 1],
  ],
  [
    [2, 3, 7, 9],
    [2, 3, 1, 9],
  ],
  [
    [2, 1, 7, 1],
    [1, 3, 1, 9],
  ],
  [[], [2, 300, 7]],
  [
    [300, 1, 2],
    [3, 1],
  ],
  [
    [1, 40, 70, 70],
    [1, 40, 1, 1],
  ],
  [
    [1, 1, 1],
    [4, 5, 1],
  ],
]
const EXACT = ['add', 'sub', 'mul', 'div']
/** What ONNX Runtime 1.30 and PyTorch 1.13 give for these on a processor, the former where they differ. */
const SPECIAL = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, -0, 0, -1e38, -5, 1e38]
const OF_SPECIAL: readonly [op: string, params: OpParams, wanted: readonly number[]][] = [
  ['relu', {}, [0, Number.POSITIVE_INFINITY, Number.NaN, -0, 0, 0, 0, 1e38]],
  ['neg', {}, [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, -0, 1e38, 5, -1e38]],
  ['clip', { a: 0, b: 6 }, [0, 6, Number.NaN, -0, 0, 0, 0, 6]],
  ['leakyRelu', { a: 0.25 }, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, -0, 0, -2.5e37, -1.25, 1e38]],
  ['leakyRelu', { a: 0 }, [Number.NaN, Number.POSITIVE_INFINITY, Number.NaN, -0, 0, -0, -0, 1e38]],
  ['hardSigmoid', { a: 0.25, b: 0.5 }, [0, 1, Number.NaN, 0.5, 0.5, 0, 0, 1]],
  ['hardSwish', {}, [Number.NaN, Number.POSITIVE_INFINITY, Number.NaN, -0, 0, -0, -0, 1e38]],
  ['silu', {}, [Number.NaN, Number.POSITIVE_INFINITY, Number.NaN, -0, 0, -0, -0.0334642, 1e38]],
  ['tanh', {}, [-1, 1, Number.NaN, -0, 0, -1, -0.9999092, 1]],
  ['erf', {}, [-1, 1, Number.NaN, -0, 0, -1, -1, 1]],
]
const MOVES: readonly [op: string, shape: Shape, params: OpParams][] = [
  ['transpose', [1, 2, 58, 7, 7], { perm: [0, 2, 1, 3, 4] }],
  ['transpose', [3, 5, 40], { perm: [1, 0, 2] }],
  ['transpose', [3, 5, 7, 9], { perm: [2, 0, 1, 3] }],
  ['transpose', [3, 5, 7], { perm: [2, 1, 0] }],
  ['slice', [2, 9, 33], { start: [0, 7, 3], step: [1, -2, 1], count: [2, 3, 29] }],
  ['slice', [2, 9, 33], { start: [0, 7, 3], step: [1, -2, 2], count: [2, 3, 11] }],
  ['expand', [3, 1, 17], { shape: [2, 3, 4, 17] }],
  ['expand', [3, 4, 1], { shape: [3, 4, 50] }],
]

/** Rows around one block and two, columns around a strip of every tier, stacks that are broadcast, vectors. */
const PRODUCTS: readonly [Shape, Shape][] = [
  ...[1, 2, 5, 6, 7, 12, 13, 48, 49].map((m, i): [Shape, Shape] => [
    [m, 9],
    [9, [4, 63, 64, 65, 129][i % 5]],
  ]),
  ...[4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 127].map((n): [Shape, Shape] => [
    [7, 5],
    [5, n],
  ]),
  [
    [2, 3, 8, 20],
    [3, 20, 11],
  ],
  [
    [8, 20],
    [2, 1, 20, 11],
  ],
  [[20], [20, 11]],
  [
    [2, 8, 20],
    [2, 20, 3],
  ],
  [
    [1, 40, 120],
    [120, 625],
  ],
]

describe('vector paths of elementwise operators, moves and products', () => {
  it.each(VECTOR_TIERS)('of arithmetic give the bits of the operator itself on %s, however shapes are broadcast', (tier) =>
    onTier(tier, async (engine) => {
      for (const [index, [left, right]] of PAIRS.entries()) {
        const op = EXACT[index % EXACT.length]
        const shapes = index % 3 === 0 ? [right, left] : [left, right]
        const inputs = [signed(shapes[0], 1), numbers(shapes[1], 2)]
        const wanted = Array.from(runOp(op, inputs, {}).data as ArrayLike<number>)
        expect([op, ...shapes, await run(engine, op, inputs, {})]).toEqual([op, ...shapes, wanted])
      }
    }),
  )

  it.each(VECTOR_TIERS)('of functions of one number are near the operator itself on %s, and NaN stays', (tier) =>
    onTier(tier, async (engine) => {
      for (const [op, params, error] of UNARY) {
        for (const size of [...FEW, 9001]) {
          const x = numbers([size], 3)
          for (let i = 0; i < size; i++) x.data[i] *= 4 ** (i % 5)
          if (size > 8) x.data.set([Number.NaN, 80, -80], size >> 1)
          const [got, wanted] = [await run(engine, op, [x], params), runOp(op, [x], params).data as Float32Array]
          const wrong = got.findIndex(
            (value, i) =>
              !(Object.is(value, wanted[i]) || Math.abs(value - wanted[i]) <= error * Math.max(1, Math.abs(wanted[i]))),
          )
          expect([op, size, wrong, got[wrong], wanted[wrong]]).toEqual([op, size, -1, undefined, undefined])
        }
      }
    }),
  )

  it.each(TIER_NAMES)('and plain ones treat infinities, NaN and zeros with a sign as other runtimes do, on %s', (tier) =>
    onTier(tier, async (engine) => {
      for (const [op, params, wanted] of OF_SPECIAL) {
        const x = numbers([67], 1)
        for (let i = 0; i < x.size; i++) x.data[i] = SPECIAL[i % SPECIAL.length]
        const right = (value: number, i: number) => {
          const other = wanted[i % SPECIAL.length]
          return Object.is(value, other) || (other !== 0 && Math.abs(value - other) <= 3e-6 * Math.abs(other))
        }
        const got = await run(engine, op, [x], params)
        expect([op, params, got.filter((value, i) => !right(value, i))]).toEqual([op, params, []])
      }
    }),
  )

  it.each(VECTOR_TIERS)('of moves give the bits of the operator itself on %s', (tier) =>
    onTier(tier, async (engine) => {
      for (const [op, shape, params] of MOVES) {
        const x = signed(shape, 1)
        const wanted = Array.from(runOp(op, [x], params).data as ArrayLike<number>)
        expect([op, shape, await run(engine, op, [x], params)]).toEqual([op, shape, wanted])
      }
    }),
  )

  it.each(VECTOR_TIERS)('of products of matrices are near the operator itself on %s', (tier) =>
    onTier(tier, async (engine) => {
      for (const [left, right] of PRODUCTS) {
        const [a, b] = [numbers(left, 1), numbers(right, 2)]
        const [got, wanted] = [await run(engine, 'matMul', [a, b], {}), runOp('matMul', [a, b], {}).data]
        const wrong = got.findIndex((value, i) => !(Math.abs(value - wanted[i]) <= 1e-5 * (left.at(-1) as number) ** 0.5))
        expect([left, right, got.length, wrong, got[wrong]]).toEqual([left, right, wanted.length, -1, undefined])
      }
    }),
  )

  it('touch what they say', () => {
    const { traits } = TIERS.avx2
    for (const [left, right] of PAIRS) {
      const [a, b] = [left, right].map((shape) => ({ dtype: 'float32' as const, shape }))
      const plan = planOp('add', [a, b])
      const path = opNamed('add').vector?.(plan, traits)
      if (!path) continue
      const memory = new ArrayBuffer(4096)
      const y = sizeOf(plan.outputs[0].shape)
      const touched = new Set<number>()
      const at = { inputs: [1 << 24, 1 << 26], outputs: [1 << 20], private: 0 }
      const calls = new Map(
        path.functions.map(({ name, touches }) => [
          name,
          (args: number) => {
            const [written, ...read] = touches(new Int32Array(memory), args / 4, traits)
            for (let byte = written.from; byte < written.to; byte += 4) touched.add(byte)
            read.forEach(({ from, to }, i) => {
              expect(from).toBeGreaterThanOrEqual(at.inputs[i])
              expect(to).toBeLessThanOrEqual(at.inputs[i] + 4 * sizeOf([left, right][i]))
            })
          },
        ]),
      )
      path.runner(calls, memory)(0, path.units, at, () => false)
      expect([left, right, touched.size]).toEqual([left, right, y])
      for (const byte of [1 << 20, (1 << 20) + 4 * (y - 1)]) expect(touched.has(byte)).toBe(true)
    }
  })

  it('are taken for float32, where rows are of neighbours', () => {
    const taken = (op: string, dtype: 'float32' | 'int32', shape: Shape, params: OpParams = {}) =>
      opNamed(op).vector?.(planOp(op, [{ dtype, shape }], params), TIERS.avx512.traits) ?? null
    expect(taken('relu', 'float32', [1, 3, 5])).not.toBeNull()
    expect(taken('relu', 'int32', [1, 3, 5])).toBeNull()
    expect(taken('exp', 'float32', [1, 3, 5])).toBeNull()
    expect(taken('transpose', 'float32', [2, 3, 5], { perm: [1, 0, 2] })).not.toBeNull()
    expect(taken('transpose', 'float32', [2, 3, 5], { perm: [0, 2, 1] })).toBeNull()
  })
})
