// Vector paths of layerNorm and instanceNorm, on every tier that the machine has: mean and variance by their definition.
import { opNamed, planOp, type Shape, Tensor, TIER_NAMES, TIERS } from '@weft/core'
import { allowPairing, type Engine } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import { onTier } from './on-tier.ts'
import { Builder, numbers } from './program-builder.ts'

allowPairing()

const EPSILON = 1e-3
/** Rows of one, two and more times sixteen numbers, and of others, which have no vector path. */
const SIZES = [16, 32, 48, 96, 784, 9, 15, 17, 40]

/** All outputs of a normalisation of `rows` rows: y, and where there are such the mean and the inverse deviation of each row. */
async function run(engine: Engine, op: 'layerNorm' | 'instanceNorm', x: Tensor, scale: Tensor, shift: Tensor) {
  const b = new Builder()
  const inputs = [b.value(x.shape), b.constant(scale), b.constant(shift)]
  const params = op === 'layerNorm' ? { axis: -1, epsilon: EPSILON } : { epsilon: EPSILON }
  const infos = inputs.map(({ info }) => info)
  const plan = planOp(op, infos, params)
  const outputs = plan.outputs.map(({ shape }) => b.value(shape))
  b.steps.push({ kind: 'op', name: op, plan, inputs, outputs })
  const program = { ...b.program(inputs[0], outputs[0]), outputs: outputs.map((place, i) => ({ name: `y${i}`, place })) }
  const prepared = await engine.prepareProgram(program, b.constants)
  const results = await prepared.run([x.data as Float32Array])
  await prepared.dispose()
  return results as Float32Array[]
}

function expected(x: ArrayLike<number>, row: number, size: number) {
  const own = Array.from({ length: size }, (_, i) => x[row * size + i])
  const mean = own.reduce((sum, value) => sum + value, 0) / size
  const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size
  return { own, mean, inverse: 1 / Math.sqrt(variance + EPSILON) }
}

/** A sine around `middle`: far from zero, a mean that is rounded often is far from the mean. */
function around(middle: number, shape: Shape): Tensor {
  return new Tensor(
    (numbers(shape, 3).data as Float32Array).map((value) => middle + value),
    shape,
  )
}

describe.each(TIER_NAMES)('on %s', (tier) => {
  it('layerNorm gives rows of mean 0 and variance 1, scaled and shifted number by number, and what it took', () =>
    onTier(tier, async (engine) => {
      for (const size of SIZES) {
        for (const middle of [0, 100]) {
          const [x, scale, shift] = [around(middle, [3, 5, size]), numbers([size], 1), numbers([size], 2)]
          const [y, means, inverses] = await run(engine, 'layerNorm', x, scale, shift)
          for (let row = 0; row < 15; row++) {
            const { own, mean, inverse } = expected(x.data as Float32Array, row, size)
            expect(Math.abs(means[row] - mean)).toBeLessThan(1e-6 * Math.max(1, middle))
            expect(Math.abs(inverses[row] / inverse - 1)).toBeLessThan(2e-6)
            own.forEach((value, i) => {
              const wanted = (value - mean) * inverse * scale.data[i] + shift.data[i]
              expect(Math.abs(y[row * size + i] - wanted)).toBeLessThan(3e-6)
            })
          }
        }
      }
    }))

  it('rows of equal numbers are their shift, however large the numbers are, and a deviation far smaller than the mean is seen', () =>
    onTier(tier, async (engine) => {
      const [rows, size] = [40, 48]
      const [scale, shift] = [numbers([size], 1), numbers([size], 2)]
      const equal = new Tensor(
        Float32Array.from({ length: rows * size }, (_, i) => 1.7 ** (Math.floor(i / size) - 10)),
        [rows, size],
      )
      const [y] = await run(engine, 'layerNorm', equal, scale, shift)
      expect(y).toEqual(Float32Array.from({ length: rows * size }, (_, i) => shift.data[i % size] as number))
      const far = around(1e5, [rows, size])
      const [z] = await run(engine, 'layerNorm', far, scale, shift)
      for (let row = 0; row < rows; row++) {
        const { own, mean, inverse } = expected(far.data as Float32Array, row, size)
        own.forEach((value, i) => {
          const wanted = (value - mean) * inverse * scale.data[i] + shift.data[i]
          expect(Math.abs(z[row * size + i] - wanted)).toBeLessThan(3e-6)
        })
      }
    }))

  it('instanceNorm gives planes of mean 0 and variance 1, scaled and shifted channel by channel, of each item', () =>
    onTier(tier, async (engine) => {
      for (const size of SIZES) {
        const [x, scale, shift] = [around(0.5, [2, 5, 1, size]), numbers([5], 1), numbers([5], 2)]
        const [y] = await run(engine, 'instanceNorm', x, scale, shift)
        for (let row = 0; row < 10; row++) {
          const { own, mean, inverse } = expected(x.data as Float32Array, row, size)
          own.forEach((value, i) => {
            const wanted = (value - mean) * inverse * scale.data[row % 5] + shift.data[row % 5]
            expect(Math.abs(y[row * size + i] - wanted)).toBeLessThan(3e-6)
          })
        }
      }
    }))
})

describe('normalisations by vectors', () => {
  const bits = (one: Float32Array) => Array.from(new Int32Array(one.buffer, one.byteOffset, one.length))

  it('have the same bits on all machines that fuse', async () => {
    const x = around(2, [1, 40, 96])
    const parameters = (size: number) => [numbers([size], 1), numbers([size], 2)] as const
    const all: number[][] = []
    for (const tier of TIER_NAMES.filter((name) => TIERS[name].traits.fused && TIERS[name].traits.lanes > 1)) {
      await onTier(tier, async (engine) => {
        const results = [
          ...(await run(engine, 'layerNorm', x, ...parameters(96))),
          ...(await run(engine, 'instanceNorm', x, ...parameters(40))),
        ]
        all.push(results.flatMap(bits))
      })
    }
    expect(all.length).toBeGreaterThan(0)
    for (const one of all) expect(one).toEqual(all[0])
  })

  it('are taken for rows of whole blocks, with parameters for every number', () => {
    const taken = (shapes: Shape[]) => {
      const inputs = shapes.map((shape) => ({ dtype: 'float32' as const, shape }))
      return (
        opNamed('layerNorm').vector?.(planOp('layerNorm', inputs, { axis: -1, epsilon: EPSILON }), TIERS.avx512.traits) ?? null
      )
    }
    expect(taken([[7, 32], [32], [32]])).not.toBeNull()
    expect(taken([[7, 33], [33], [33]])).toBeNull()
    expect(taken([[7, 32], [32]])).toBeNull()
    expect(taken([[7, 32], [1], [32]])).toBeNull()
    expect(taken([[0, 32], [32], [32]])).toBeNull()
  })

  it('touch what they say', () => {
    for (const [op, shapes] of [
      ['layerNorm', [[6, 32], [32], [32]]],
      ['instanceNorm', [[2, 3, 32], [3], [3]]],
    ] as const) {
      const inputs = shapes.map((shape) => ({ dtype: 'float32' as const, shape }))
      const plan = planOp(op, inputs, op === 'layerNorm' ? { axis: -1, epsilon: EPSILON } : { epsilon: EPSILON })
      const path = opNamed(op).vector?.(plan, TIERS.avx2.traits)
      const touched: number[] = []
      const words = new Int32Array(1024)
      const [code] = path?.functions ?? []
      const calls = new Map([
        [
          code.name,
          (args: number) =>
            void touched.push(...code.touches(words, args / 4, TIERS.avx2.traits).map(({ from, to }) => to - from)),
        ],
      ])
      path?.runner(calls, words.buffer)(
        0,
        6,
        { inputs: [4096, 8192, 9216], outputs: [16384, 20480, 24576], private: 0 },
        () => false,
      )
      const sums = Array.from({ length: op === 'layerNorm' ? 6 : 4 }, (_, index) =>
        touched.filter((_, i) => i % (op === 'layerNorm' ? 6 : 4) === index).reduce((a, b) => a + b, 0),
      )
      // Of scale and shift as many as a row has, or one a row; of mean and deviation one a row.
      const parameters = op === 'layerNorm' ? [4 * 32, 4 * 32, 4 * 6, 4 * 6] : [4 * 6, 4 * 6]
      expect(sums).toEqual([4 * 6 * 32, 4 * 6 * 32, ...parameters])
    }
  })
})
