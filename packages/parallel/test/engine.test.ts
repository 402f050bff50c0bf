import {
  describeConv,
  type FloatTensor,
  LocalLayer,
  PORTABLE_TIERS,
  select,
  Tensor,
  TIERS,
  type TierName,
  WeftError,
} from '@weft/core'
import { type Engine, open, openWorkspace } from '@weft/parallel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

function numbers(shape: readonly number[], seed: number): FloatTensor {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return new Tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.37 + seed)),
    shape,
  )
}

function local(
  d: ReturnType<typeof describeConv>,
  x: FloatTensor,
  weight: FloatTensor,
  bias: FloatTensor | null,
  tier: TierName,
  residual: FloatTensor | null = null,
) {
  const y = new Float32Array(d.yShape.reduce((size, extent) => size * extent, 1))
  const { traits } = TIERS[tier]
  // Fused tiers give the same bits, so one that needs no engine stands for those that do, but for kernels that only they have.
  const own = select(d, traits).kernel.refuses(d, TIERS.relaxed.traits) !== null
  const { workspace, close } = openWorkspace(traits.fused && !own ? 'relaxed' : tier)
  new LocalLayer(d, weight, bias, { tier: workspace }).run(x.data, y, residual?.data)
  close()
  return y
}

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action()
  } catch (error) {
    if (error instanceof WeftError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing was thrown'
}

describe('the number of threads', () => {
  it.each([1, 2, 3, 7])('does not change a bit: %i of them, whichever way they share the work', async (threads) => {
    const problems = [
      { x: [5, 20, 17, 19], weight: [13, 20, 3, 3], options: { padding: 1 } },
      { x: [1, 8, 40, 40], weight: [3, 8, 5, 5], options: { padding: 2, activation: 'sigmoid' as const } },
      { x: [3, 24, 15, 15], weight: [24, 1, 3, 3], options: { padding: 1, groups: 24, stride: 2 } },
      { x: [2, 12, 20, 20], weight: [30, 12, 1, 1], options: {} },
      { x: [1, 4, 6, 12, 12], weight: [5, 4, 3, 3, 3], options: { padding: 1, paddingMode: 'reflect' as const } },
      { x: [5, 20, 17, 19], weight: [13, 20, 3, 3], options: { padding: 1, residual: true, activation: 'relu' as const } },
      { x: [3, 20, 17, 19], weight: [13, 20, 3, 3], options: { stride: 2, residual: true, activation: 'relu' as const } },
      { x: [2, 12, 20, 20], weight: [30, 12, 1, 1], options: { residual: true } },
      { x: [3, 24, 15, 15], weight: [24, 1, 3, 3], options: { padding: 1, groups: 24, residual: true } },
    ]
    await using engine = await open({ threads, check: threads === 2 })
    for (const { x: xShape, weight: wShape, options } of problems) {
      const [x, weight, bias] = [numbers(xShape, 1), numbers(wShape, 2), numbers([wShape[0]], 3)]
      const d = describeConv(xShape, wShape, true, options)
      const residual = d.residual ? numbers(d.yShape, 4) : null
      const expected = local(d, x, weight, bias, engine.info.tier, residual)
      await using layer = await engine.prepare({ weight, bias, ...options }, xShape)
      for (const parallel of ['channels', 'items', 'auto'] as const) {
        const y = await layer.run(x, { parallel, residual })
        expect(y.data, `${xShape} ${parallel}`).toEqual(expected)
      }
    }
  })

  it.each(PORTABLE_TIERS.filter((tier) => tier !== 'paired'))('nor does it on the %s tier', async (tier) => {
    await using engine = await open({ threads: 2, tier })
    expect(engine.info.tier).toBe(tier)
    const [x, weight] = [numbers([2, 9, 14, 15], 1), numbers([11, 9, 3, 3], 2)]
    const y = await engine.conv(x, { weight, padding: 1, stride: 2 })
    expect(y.data).toEqual(local(describeConv(x.shape, weight.shape, false, { padding: 1, stride: 2 }), x, weight, null, tier))
  })
})

describe('a chain of layers', () => {
  const [expand, middle, project] = [
    { weight: numbers([50, 6, 1, 1], 1), bias: numbers([50], 2), activation: 'relu6' as const },
    { weight: numbers([50, 1, 3, 3], 3), bias: numbers([50], 4), groups: 50, padding: 1, activation: 'hardSwish' as const },
    { weight: numbers([9, 50, 1, 1], 5) },
  ]

  // The scalar tier has none.
  const chains = it.skipIf(process.env.WEFT_TIER === 'scalar')
  chains.each([1, 2, 3])('gives the bits of its layers with %i threads, whichever way they share the work', async (threads) => {
    await using engine = await open({ threads, check: threads === 2 })
    const [x, residual] = [numbers([3, 6, 40, 35], 6), numbers([3, 9, 40, 35], 7)]
    const last = { ...project, residual: true }
    const between = await engine.conv(await engine.conv(x, expand), middle)
    const expected = await engine.conv(between, { ...project, residual })
    await using chain = await engine.prepareChain([expand, middle, last], x.shape)
    await using pair = await engine.prepareChain([expand, middle], x.shape)
    expect(chain.selection).toEqual({ kernel: 'f32-chain', refusals: [] })
    for (const parallel of ['channels', 'items', 'auto'] as const) {
      expect((await chain.run(x, { parallel, residual })).data, parallel).toEqual(expected.data)
      expect((await pair.run(x, { parallel })).data, parallel).toEqual(between.data)
    }
  })

  chains('stops when it is told to', async () => {
    await using engine = await open({ threads: 2 })
    await using chain = await engine.prepareChain([expand, middle, project], [1, 6, 300, 400])
    expect(await codeOf(() => chain.run(numbers([1, 6, 300, 400], 1), { signal: AbortSignal.abort() }))).toMatch(/^ABORTED/)
  })

  it('is refused where its layers are none, and the option where there is no such', async () => {
    await using engine = await open({ threads: 1, tier: 'relaxed' })
    expect(await codeOf(() => engine.prepareChain([expand], [6, 40, 35]))).toContain(
      'OPTION: the convolutions are no chain: there are 1',
    )
    expect(await codeOf(() => engine.prepareChain([middle, expand], [50, 40, 35]))).toMatch(/^SHAPE/)
    expect(await codeOf(() => open({ chains: 'some' as 'auto' }))).toBe(
      "OPTION: chains 'some' is unknown; there are auto, always, never",
    )
    await using scalar = await open({ threads: 1, tier: 'scalar' })
    expect(await codeOf(() => scalar.prepareChain([expand, middle], [6, 40, 35]))).toContain('the scalar tier has no vectors')
  })
})

describe('an engine', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await open({ threads: 2 })
  })
  afterAll(() => engine.close())

  it('reads and writes its own tensors where they are', async () => {
    const weight = numbers([4, 3, 3, 3], 1)
    const layer = await engine.prepare({ weight }, [3, 10, 10])
    const [x, out] = [engine.tensor([3, 10, 10]), engine.tensor([4, 8, 8])]
    x.data.set(numbers([3, 10, 10], 2).data)
    const y = await layer.run(x, { out })
    expect(y).toBe(out)
    expect(out.data).toEqual(local(layer.descriptor, x, weight, null, engine.info.tier))
    await layer.close()
    engine.release(x)
    engine.release(out)
    expect(() => engine.release(x)).toThrow('not one of this engine')
  })

  it('takes other memory too, shared or not, and leaves the input alone', async () => {
    const weight = numbers([4, 3, 3, 3], 1)
    const x = new Tensor(new Float32Array(new SharedArrayBuffer(4 * 300)), [3, 10, 10])
    x.data.set(numbers([3, 10, 10], 2).data)
    const before = x.data.slice()
    const y = await engine.conv(x, { weight, padding: 'same' })
    expect(x.data).toEqual(before)
    expect(y.data).toEqual(
      local(describeConv(x.shape, weight.shape, false, { padding: 'same' }), x, weight, null, engine.info.tier),
    )
  })

  it('transposes', async () => {
    const [x, weight] = [numbers([2, 3, 5, 6], 1), numbers([3, 4, 3, 3], 2)]
    const y = await engine.convTranspose(x, { weight, stride: 2, padding: 1, outputPadding: 1 })
    expect(y.shape).toEqual([2, 4, 10, 12])
  })

  it('keeps many concurrent runs apart, of one layer and of several', async () => {
    const weights = [1, 2, 3].map((seed) => numbers([8, 6, 3, 3], seed))
    const layers = await Promise.all(weights.map((weight) => engine.prepare({ weight, padding: 1 }, [6, 20, 21])))
    const runs = Array.from({ length: 60 }, (_, i) => ({ layer: i % 3, x: numbers([6, 20, 21], 10 + i), items: i % 4 === 0 }))
    const results = await Promise.all(
      runs.map(({ layer, x, items }) => layers[layer].run(x, { parallel: items ? 'items' : 'channels' })),
    )
    runs.forEach(({ layer, x }, i) => {
      expect(results[i].data, `run ${i}`).toEqual(local(layers[layer].descriptor, x, weights[layer], null, engine.info.tier))
    })
    await Promise.all(layers.map((layer) => layer.close()))
  })

  it('starts runs in the order in which they were asked for', async () => {
    await using layer = await engine.prepare({ weight: numbers([8, 6, 3, 3], 1) }, [6, 40, 40])
    const x = numbers([6, 40, 40], 2)
    const order: number[] = []
    await Promise.all(Array.from({ length: 12 }, (_, i) => layer.run(x, { parallel: 'channels' }).then(() => order.push(i))))
    expect(order).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  it('gives memory back: prepared and closed layers leave nothing in the arena', async () => {
    const weight = numbers([16, 16, 3, 3], 1)
    const cycle = async () => {
      const layer = await engine.prepare({ weight, padding: 1 }, [4, 16, 30, 30])
      await layer.run(numbers([4, 16, 30, 30], 2))
      await layer.close()
      return engine.info.memory.used
    }
    const first = await cycle()
    for (let i = 0; i < 50; i++) expect(await cycle()).toBe(first)
  })

  it('gives tensors of zeros, and their memory back', () => {
    const { used } = engine.info.memory
    const first = engine.tensor([1000])
    first.data.fill(5)
    engine.release(first)
    expect(engine.info.memory.used).toBe(used)
    const second = engine.tensor([1000])
    expect(second.data.every((value) => value === 0)).toBe(true)
    engine.release(second)
  })

  it('lets runs that are on finish when a layer or the engine is closed', async () => {
    const other = await open({ threads: 2 })
    const [x, weight] = [numbers([32, 60, 60], 1), numbers([32, 32, 3, 3], 2)]
    const layer = await other.prepare({ weight }, x.shape)
    const runs = [layer.run(x), layer.run(x), layer.run(x)]
    const closing = layer.close()
    const expected = local(layer.descriptor, x, weight, null, other.info.tier)
    for (const y of await Promise.all(runs)) expect(y.data).toEqual(expected)
    await closing
    const last = await other.prepare({ weight }, x.shape)
    const pending = last.run(x)
    await other.close()
    expect((await pending).data).toEqual(expected)
  })

  it('may write over its own input', async () => {
    const weight = numbers([6, 6, 1, 1], 2)
    await using layer = await engine.prepare({ weight }, [6, 20, 20])
    const x = engine.tensor([6, 20, 20])
    x.data.set(numbers([6, 20, 20], 1).data)
    const expected = local(layer.descriptor, numbers([6, 20, 20], 1), weight, null, engine.info.tier)
    expect((await layer.run(x, { out: x })).data).toEqual(expected)
    engine.release(x)
  })

  it('adds a residual from its own memory or from elsewhere, over which it may write too', async () => {
    const [x, weight, residual] = [numbers([2, 6, 20, 21], 1), numbers([6, 6, 3, 3], 2), numbers([2, 6, 20, 21], 3)]
    const options = { weight, padding: 1, activation: 'relu' } as const
    await using layer = await engine.prepare({ ...options, residual: true }, x.shape)
    const expected = local(layer.descriptor, x, weight, null, engine.info.tier, residual)
    expect((await engine.conv(x, { ...options, residual })).data).toEqual(expected)
    const [xIn, own] = [engine.tensor(x.shape), engine.tensor(x.shape)]
    xIn.data.set(x.data)
    own.data.set(residual.data)
    expect((await layer.run(xIn, { residual: own })).data).toEqual(expected)
    expect((await layer.run(xIn, { residual: own, out: own })).data).toEqual(expected)
    expect(own.data).toEqual(expected)
    const elsewhere = new Tensor(residual.data.slice(), residual.shape)
    expect((await layer.run(xIn, { residual: elsewhere, out: elsewhere })).data).toEqual(expected)
    engine.release(xIn)
    engine.release(own)
  })

  it('leaves the event loop its turns while it copies', async () => {
    const [x, weight] = [Tensor.full([8, 1024, 1024], 1), Tensor.full([8, 8, 1, 1], 0.125)]
    await using layer = await engine.prepare({ weight }, x.shape)
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const y = await layer.run(x)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(8)
    expect(y.data.every((value) => value === 1)).toBe(true)
  })

  it('gives back what idle slots keep when there is no other room', async () => {
    await using small = await open({ threads: 1, maxMemory: 8 << 20 })
    await small.conv(numbers([1, 900, 900], 1), { weight: numbers([1, 1, 1, 1], 2) })
    const tensor = small.tensor([1_500_000])
    small.release(tensor)
  })

  it('explains which kernel it chose', async () => {
    await using relaxed = await open({ threads: 2, tier: 'relaxed' })
    await using layer = await relaxed.prepare({ weight: numbers([4, 3, 3, 3], 1) }, [3, 10, 10])
    expect(layer.selection.kernel).toBe(select(layer.descriptor, TIERS.relaxed.traits).kernel.name)
    expect(layer.selection.refusals[0].reason).toContain('the kernel is 3x3')
    expect(relaxed.info).toMatchObject({ threads: 2, tier: 'relaxed' })
    expect(relaxed.info.why.at(-1)).toContain('known answers verified')
  })

  it.each([
    [
      'SHAPE: x is (3, 9, 10); the layer was prepared for (3, 10, 10)',
      async (on: Engine) => {
        await using layer = await on.prepare({ weight: numbers([4, 3, 3, 3], 1) }, [3, 10, 10])
        await layer.run(Tensor.zeros([3, 9, 10]))
      },
    ],
    [
      'SHAPE: out is (4, 8, 9)',
      async (on: Engine) => {
        await using layer = await on.prepare({ weight: numbers([4, 3, 3, 3], 1) }, [3, 10, 10])
        await layer.run(Tensor.zeros([3, 10, 10]), { out: Tensor.zeros([4, 8, 9]) })
      },
    ],
    [
      'SHAPE: residual is (4, 8, 9); it is added to the output, so it must be (4, 8, 8)',
      (on: Engine) => on.conv(Tensor.zeros([3, 10, 10]), { weight: numbers([4, 3, 3, 3], 1), residual: Tensor.zeros([4, 8, 9]) }),
    ],
    [
      'OPTION: the convolution adds a residual, and none was given; give a tensor of (4, 8, 8)',
      async (on: Engine) => {
        await using layer = await on.prepare({ weight: numbers([4, 3, 3, 3], 1), residual: true }, [3, 10, 10])
        await layer.run(Tensor.zeros([3, 10, 10]))
      },
    ],
    [
      'OPTION: a residual was given, and the convolution was described without one',
      async (on: Engine) => {
        await using layer = await on.prepare({ weight: numbers([4, 3, 3, 3], 1) }, [3, 10, 10])
        await layer.run(Tensor.zeros([3, 10, 10]), { residual: Tensor.zeros([4, 8, 8]) })
      },
    ],
    ['DTYPE: x is uint8', (on: Engine) => on.conv(Tensor.from([[[1, 2]]], 'uint8'), { weight: Tensor.zeros([1, 1, 1, 1]) })],
    [
      'WEIGHTS: weight holds NaN',
      (on: Engine) => on.conv(Tensor.zeros([1, 4, 4]), { weight: Tensor.full([1, 1, 2, 2], Number.NaN) }),
    ],
    [
      'SHAPE: weight (0, 1, 2, 2) is empty',
      (on: Engine) => on.conv(Tensor.zeros([1, 4, 4]), { weight: Tensor.zeros([0, 1, 2, 2]) }),
    ],
    ['TOO_LARGE', (on: Engine) => on.prepare({ weight: Tensor.zeros([64, 1, 1, 1]) }, [1, 8192, 8192])],
    ['OPTION: stride is 0', (on: Engine) => on.prepare({ weight: Tensor.zeros([1, 1, 1, 1]), stride: 0 }, [1, 4, 4])],
    ["OPTION: exclude names 'sse'", () => open({ exclude: ['sse' as 'avx2'] })],
    ['TIER: tier relaxed is not to be had here: it is excluded', () => open({ tier: 'relaxed', exclude: ['relaxed'] })],
    [
      "OPTION: parallel 'both' is unknown",
      async (on: Engine) => on.conv(Tensor.zeros([1, 4, 4]), { weight: Tensor.zeros([1, 1, 1, 1]), parallel: 'both' as 'auto' }),
    ],
    ['OPTION: maxMemory is 1', () => open({ maxMemory: 1 })],
    ['OPTION: threads is 0', () => open({ threads: 0 })],
    ["OPTION: tier 'gpu' is unknown", () => open({ tier: 'gpu' as 'auto' })],
    [
      'MEMORY: no room for',
      async () => {
        await using small = await open({ threads: 1, maxMemory: 1 << 20 })
        small.tensor([1 << 19])
      },
    ],
  ])('refuses with %s', async (message, action) => {
    const used = engine.info.memory.used
    expect(await codeOf(() => action(engine))).toContain(message)
    expect(engine.info.memory.used).toBe(used)
  })
})

describe('the paired tier', () => {
  it.skipIf(process.env.WEFT_TIER === 'paired')('is refused with its reason where V8 was not told to pair', async () => {
    expect(await codeOf(() => open({ tier: 'paired' }))).toContain('TIER: tier paired is not to be had here: V8 does not pair')
  })
})

describe('a closed engine or layer', () => {
  it('says so', async () => {
    const engine = await open({ threads: 1 })
    const layer = await engine.prepare({ weight: Tensor.zeros([1, 1, 1, 1]) }, [1, 4, 4])
    await layer.close()
    expect(await codeOf(() => layer.run(Tensor.zeros([1, 4, 4])))).toContain('CLOSED: the layer was closed')
    const pending = engine.conv(numbers([1, 50, 50], 1), { weight: numbers([3, 1, 3, 3], 2) })
    await pending
    await engine.close()
    await engine.close()
    expect(await codeOf(() => engine.conv(Tensor.zeros([1, 4, 4]), { weight: Tensor.zeros([1, 1, 1, 1]) }))).toContain(
      'CLOSED: the engine',
    )
    expect(() => engine.tensor([4])).toThrow('the engine was closed')
  })
})
