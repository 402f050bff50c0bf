import {
  ACTIVATIONS,
  type ConvDescriptor,
  describeConv,
  describeConvTranspose,
  KERNELS,
  LocalLayer,
  machineOf,
  PORTABLE_TIERS,
  portableWorkspace,
  Staged,
  sizeOf,
  TIERS,
  type TierName,
} from '@weft/core'
import { describe, expect, it } from 'vitest'
import { emitFor } from '../src/isa/tiers.ts'
import { planDepthwise } from '../src/kernels/depthwise/plan.ts'
import { depthwise } from '../src/kernels/depthwise.ts'
import { segments } from '../src/kernels/direct/blocks.ts'
import { sourcesOf, stagedLayout } from '../src/kernels/direct/layout.ts'
import { planDirect } from '../src/kernels/direct/plan.ts'
import { checkReach } from '../src/kernels/direct/reach.ts'
import { select } from '../src/kernels/registry.ts'
import { tileOf } from '../src/kernels/tile.ts'
import { depthwiseCases } from './depthwise-cases.ts'
import { directCases } from './direct-cases.ts'
import { laneMoves, movedLanes, moveLanes } from './lane-moves.ts'
import { operandsOf, runKernel, runOracle, worstError } from './run-kernel.ts'

const tiers = PORTABLE_TIERS
const FUSED = tiers.filter((tier) => TIERS[tier].traits.fused)
const LIMIT = 1e-5

/** Every kernel that takes the convolution against the oracle. */
function check(d: ConvDescriptor, tier: TierName, least = 1): void {
  const operands = operandsOf(d)
  const expected = runOracle(d, operands)
  const taking = KERNELS.filter((kernel) => kernel.refuses(d, TIERS[tier].traits) === null)
  expect(taking.length).toBeGreaterThanOrEqual(least)
  for (const { name, error } of taking) expect(worstError(runKernel(d, operands, tier, name), expected), name).toBeLessThan(error)
}

describe.each(tiers)('on the %s tier', (tier) => {
  const { traits } = TIERS[tier]
  const { rows, cols } = tileOf(traits)
  const around = (edge: number) => [edge - 1, edge, edge + 1].filter((value) => value > 0)

  it.each([...new Set([1, 2, 3, ...around(rows), ...around(2 * rows)])])('oc_%i is right', (oc) => {
    check(describeConv([5, 9, 11], [oc, 5, 3, 3], true, { padding: 1 }), tier)
    check(describeConv([5, 9, 11], [oc, 5, 1, 1], true), tier)
  })

  it.each([
    ...new Set([
      1,
      2,
      3,
      ...around(traits.lanes),
      ...around(cols * traits.lanes),
      ...around(2 * cols * traits.lanes),
      ...around(4 * traits.lanes),
    ]),
  ])('ow_%i is right, for rows of that width and a single one', (ow) => {
    check(describeConv([3, 4, ow], [7, 3, 3, 3], true, { padding: 1 }), tier)
    check(describeConv([3, 1, ow], [7, 3, 1, 1], true), tier)
    check(describeConv([3, ow + 2], [2, 3, 3], true), tier)
  })

  it.each([1, 3, 4, 15, 16, 17, 31, 32, 33])('ic_%i is right', (ic) => {
    check(describeConv([ic, 6, 7], [6, ic, 3, 3], true, { padding: 1 }), tier)
    check(describeConv([ic, 6, 8], [6, ic, 1, 1], true), tier)
  })

  it.each(ACTIVATIONS)('activation %s is right', (kind) => {
    const activation =
      kind === 'clip' ? { kind, min: -0.5, max: 0.75 } : kind === 'leakyRelu' ? { kind, negativeSlope: 0.1 } : kind
    const d = describeConv([6, 9, 10], [7, 6, 3, 3], true, { padding: 1, activation })
    check(d, tier)
    check(describeConv([6, 9, 10], [7, 6, 1, 1], true, { activation }), tier)
  })

  it('sigmoid keeps its limits far out', () => {
    const d = describeConv([1, 1, 40], [1, 1, 1, 1], false, { activation: 'sigmoid' })
    const operands = operandsOf(d)
    operands.x.data.forEach((_, i) => {
      operands.x.data[i] = (i - 20) * 5
    })
    operands.weight.data[0] = 1
    const y = runKernel(d, operands, tier)
    y.forEach((value, i) => {
      expect(Math.abs(value - 1 / (1 + Math.exp(-operands.x.data[i])))).toBeLessThan(3e-7)
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(1)
    })
  })

  it('a NaN in the picture stays a NaN through relu', () => {
    const d = describeConv([1, 3, 40], [1, 1, 1, 1], false, { activation: 'relu' })
    const operands = operandsOf(d)
    operands.x.data[7] = Number.NaN
    const y = runKernel(d, operands, tier)
    expect(y.findIndex(Number.isNaN)).toBe(7)
    expect(y.filter(Number.isNaN)).toHaveLength(1)
  })

  it('subnormal weights and biases count as zero', () => {
    const d = describeConv([2, 3, 40], [3, 2, 1, 1], true)
    const operands = operandsOf(d)
    operands.weight.data.fill(1e-40)
    operands.bias?.data.fill(-1e-42)
    operands.x.data.fill(1e38)
    expect(runKernel(d, operands, tier).every((value) => Object.is(value, 0))).toBe(true)
  })

  it('a single column that padding leaves of a transposed convolution is right', () => {
    const padding: [number, number][] = [
      [0, 3],
      [0, 4],
    ]
    check(describeConvTranspose([16, 35, 3], [16, 13, 1, 1], true, { stride: [1, 2], padding }), tier)
  })

  it('output rows that are as far apart as input rows, but not dense, are right', () => {
    check(describeConvTranspose([17, 29, 4], [17, 17, 1, 1], true, { stride: [2, 1], padding: 1, outputPadding: [1, 0] }), tier)
  })

  it('borders of every padding mode are right where stride and even kernels leave phases of different lengths', () => {
    for (const paddingMode of ['reflect', 'replicate', 'circular'] as const) {
      check(
        describeConv([5, 3, 9, 3], [5, 1, 2, 4, 4], true, { stride: [1, 1, 2], groups: 5, padding: 'same', paddingMode }),
        tier,
      )
    }
  })

  it('a 1x1 kernel is right with output padding, and over several blocks with a short last one', () => {
    check(describeConvTranspose([4, 9, 9], [4, 6, 1, 1], true, { dilation: 2, outputPadding: 1 }), tier)
    check(describeConv([16, 83, 97], [7, 16, 1, 1], true), tier)
    check(describeConv([2, 40, 70, 61], [10, 20, 1, 1], true, { groups: 2 }), tier)
  })

  it.skipIf(traits.lanes === 1)('some lanes of a vector are moved, and no memory beside theirs', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
    const module = new WebAssembly.Module(emitFor(TIERS[tier], laneMoves, false))
    const { kernel } = new WebAssembly.Instance(module, { env: { memory } }).exports
    expect(moveLanes(memory, traits, kernel as (args: number) => void)).toEqual(movedLanes(traits))
  })

  it.skipIf(traits.lanes === 1)('depthwise convolutions are right around every edge', () => {
    for (const d of depthwiseCases(traits.lanes)) check(d, tier, 3)
  })

  it('staged rows and blocks are right around every edge', () => {
    for (const d of directCases(traits.lanes)) check(d, tier)
  })

  it('layers that take turns keep their own weights', () => {
    const shapes = [describeConv([3, 9, 16], [4, 3, 3, 3], true, { padding: 1 }), describeConv([6, 40, 40], [9, 6, 1, 1], true)]
    const layers = shapes.map((d, seed) => {
      const operands = operandsOf(d, 10 * seed)
      return { d, operands, layer: new LocalLayer(d, operands.weight, operands.bias, { tier }) }
    })
    for (const { d, operands, layer } of [...layers, ...layers, ...layers]) {
      const y = new Float32Array(d.yShape.reduce((size, extent) => size * extent, 1))
      layer.run(operands.x.data, y)
      expect(worstError(y, runOracle(d, operands))).toBeLessThan(LIMIT)
    }
  })

  it('many blocks, groups, strides and dilations at once are right', () => {
    check(
      describeConv([2, 24, 61, 67], [18, 8, 3, 3], true, {
        padding: [
          [2, 1],
          [0, 3],
        ],
        stride: [2, 1],
        dilation: [1, 2],
        groups: 3,
      }),
      tier,
    )
    check(describeConv([24, 3, 30, 21], [8, 24, 2, 3, 3], true, { padding: 1, stride: [1, 2, 3] }), tier)
    check(describeConvTranspose([9, 21, 13], [9, 5, 4, 3], true, { padding: 1, stride: [3, 2], outputPadding: 1 }), tier)
    check(describeConv([40, 70, 9], [12, 40, 9, 1], true, { padding: [4, 0] }), tier)
  })
})

describe('the depthwise kernel', () => {
  const refusal = (d: ConvDescriptor, tier: TierName = 'relaxed') =>
    KERNELS.find(({ name }) => name === 'f32-depthwise')?.refuses(d, TIERS[tier].traits)

  it('says why it refuses', () => {
    const dw = (x: number[], weight: number[], options = {}) => describeConv(x, weight, false, { groups: x[0], ...options })
    expect(refusal(dw([4, 9, 9], [4, 1, 3, 3]))).toBeNull()
    expect(refusal(dw([4, 9, 9], [4, 1, 3, 3]), 'scalar')).toBe('the scalar tier has no vectors')
    expect(refusal(describeConvTranspose([4, 9, 9], [4, 1, 3, 3], false, { groups: 4 }))).toBe('the convolution is transposed')
    expect(refusal(dw([4, 9, 9], [4, 2, 3, 3], { groups: 2 }))).toBe('4 input channels are in 2 groups; each must be a group')
    expect(refusal(dw([4, 9, 9], [36, 1, 3, 3]))).toBe('a group has 9 output channels, more than 8')
    expect(refusal(dw([4, 9, 9, 9], [4, 1, 3, 3, 3]))).toBe('the convolution is 3-D')
    expect(refusal(dw([4, 9, 9], [4, 1, 3, 3], { padding: 1, paddingMode: 'reflect' }))).toBe('the padding is reflect, not zeros')
    expect(refusal(dw([4, 19, 19], [4, 1, 13, 13]))).toBe('the kernel has 169 taps, more than 128')
    expect(refusal(dw([1, 9, 9999], [1, 1, 3, 3]))).toMatch(/^the rows under one output row take \d+ bytes with their padding/)
  })
})

describe.each(tiers.filter((tier) => TIERS[tier].traits.lanes > 1))(
  'depthwise channels and blocks of rows on the %s tier',
  (tier) => {
    const { lanes } = TIERS[tier].traits

    it.each([lanes / 2, lanes - 1, lanes])(
      'of rows of %i pixels store nothing where the ones after them have stored',
      (width) => {
        const d = describeConv([3, 2400, width], [3, 1, 3, 3], true, { padding: 1, groups: 3 })
        const { x, weight, bias } = operandsOf(d)
        const { kernel, plan } = select(d, TIERS[tier].traits, 'f32-depthwise')
        const [at, end] = placesOf([plan.packedBytes, 4 * x.data.length, 4 * sizeOf(d.yShape), plan.privateBytes])
        const workspace = portableWorkspace(tier)
        workspace.reserve(end)
        workspace.tenant = null
        const { buffer } = workspace.memory
        const [packed, xAt, yAt, own] = at
        kernel.pack(plan, weight.data, bias?.data ?? null, buffer as ArrayBuffer, packed)
        new Float32Array(buffer).set(x.data, xAt / 4)
        const run = kernel.runner(plan, workspace.callables(kernel.functions(plan)), buffer)
        const bindings = { packed, x: xAt, y: yAt, shared: 0, private: own, residual: 0, staged: new Staged() }
        const { units } = plan.steps[0]
        expect(units).toBeGreaterThan(3)
        for (let unit = units - 1; unit >= 0; unit--) run(0, unit, unit + 1, bindings, () => false)
        const y = new Float32Array(buffer, yAt, sizeOf(d.yShape)).slice()
        expect(worstError(y, runOracle(d, operandsOf(d)))).toBeLessThan(LIMIT)
      },
    )
  },
)

/** Where so many bytes each begin, and the end of all. */
function placesOf(sizes: readonly number[]): [number[], number] {
  let end = 256
  const at = sizes.map((bytes) => {
    const from = end
    end += Math.ceil(bytes / 64) * 64
    return from
  })
  return [at, end]
}

describe('a depthwise plan', () => {
  it('computes rows that half of the widest vector holds on half as many lanes', () => {
    const lanesOf = (w: number, tier: TierName) => {
      const plan = planDepthwise(describeConv([2, 9, w], [2, 1, 3, 3], true, { padding: 1, groups: 2 }), TIERS[tier].traits)
      return depthwise.functions(plan).map((kernel) => machineOf(kernel, TIERS[tier].traits).lanes)
    }
    expect([7, 8, 9, 16].map((w) => lanesOf(w, 'avx512'))).toEqual([[8], [8], [16], [16]])
    expect([4, 8, 9].map((w) => lanesOf(w, 'paired'))).toEqual([[8], [8], [8]])
  })
})

describe('staged planes', () => {
  it('come from within the picture, whatever the mode and the phase', () => {
    const d = describeConv([5, 3, 9, 3], [5, 1, 2, 4, 4], false, {
      stride: [1, 1, 2],
      groups: 5,
      padding: 'same',
      paddingMode: 'reflect',
    })
    const { rows, cols } = segments(d, false)
    const layout = stagedLayout(d, rows, cols)
    for (const phase of layout.phases) {
      const sources = sourcesOf(d, layout, phase)
      expect(sources.rows.every((row) => row >= 0 && row < 9)).toBe(true)
      expect(sources.cols.every((col) => col >= 0 && col < 3)).toBe(true)
    }
  })
})

describe('a plan', () => {
  it('stages planes for every column of the kernel where rows with their padding between them would cost more', () => {
    const columns = (weight: number[], options: Parameters<typeof describeConv>[3]) => {
      const { layout } = planDirect(describeConv([weight[1], 28, 28], weight, false, options), TIERS.avx512.traits)
      return layout.phases.map(({ column }) => column?.tap ?? null)
    }
    expect(columns([32, 3, 4, 4], { padding: 2 })).toEqual([0, 1, 2, 3])
    // Of few input channels, where counted vectors speak for rows with padding, the estimate, and the clock, for columns.
    expect(columns([10, 3, 4, 4], { padding: 2 })).toEqual([0, 1, 2, 3])
    expect(columns([9, 1, 6, 6], { padding: 3 })).toEqual([0, 1, 2, 3, 4, 5])
    expect(columns([4, 256, 3, 3], { padding: 2, dilation: 2 })).toEqual([null])
    // In the order of summation: where there are few channels, taps that read the same phase follow each other.
    expect(columns([256, 3, 1, 5], { padding: 2, stride: 2 })).toEqual([0, 2, 4, 1, 3])
  })

  it('reads depthwise rows in place where lanes can be masked, up to a stride of 3, and padding leads no pointer far away', () => {
    const inPlace = (
      x: number[],
      kernel: number[],
      options: Parameters<typeof describeConv>[3],
      tier: 'avx512' | 'avx2' = 'avx512',
    ) => {
      const d = describeConv([4, ...x], [4, 1, ...kernel], false, { ...options, groups: 4 })
      return planDepthwise(d, TIERS[tier].traits).shape.picture !== null
    }
    expect([1, 2, 3, 4].map((stride) => inPlace([30, 30], [3, 3], { stride }))).toEqual([true, true, true, false])
    expect(inPlace([30, 30], [3, 3], { stride: 3 }, 'avx2')).toBe(false)
    // More than nine taps are summed by columns of the kernel.
    expect(inPlace([30, 30], [4, 4], { stride: 3 })).toBe(false)
    expect(inPlace([30, 30], [2, 2], { padding: 1 })).toBe(true)
    expect([8, 9].map((pad) => inPlace([2, 1023], [1 + pad, 1], { padding: [pad, 0] }))).toEqual([true, false])
  })

  it('that reaches outside of what it booked is not given out', () => {
    const plan = planDirect(describeConv([8, 9, 17], [6, 8, 3, 3], false, { padding: 1 }), TIERS.relaxed.traits)
    expect(() => checkReach(plan)).not.toThrow()
    const [block] = plan.blocks
    const broken = (change: Partial<typeof block>) => ({ ...plan, blocks: [{ ...block, ...change }] })
    expect(() => checkReach({ ...plan, sharedBytes: plan.sharedBytes - 4096 })).toThrow('the plan reads bytes')
    expect(() => checkReach(broken({ x: -4096 }))).toThrow('the plan reads bytes -')
    expect(() => checkReach(broken({ y: 4 * 9 * 17 }))).toThrow('the plan writes bytes')
    expect(() => checkReach({ ...plan, linePitch: 4 })).toThrow('the plan keeps bytes')
  })
})

describe('the fused tiers', () => {
  it('agree to the bit on staged rows and blocks around every edge', () => {
    for (const lanes of [4, 8, 16]) {
      for (const d of directCases(lanes)) {
        const operands = operandsOf(d)
        const [first, ...others] = FUSED.map((tier) => runKernel(d, operands, tier, 'f32-direct'))
        for (const other of others) expect(other, `${d.xShape} * ${d.weightShape}`).toEqual(first)
      }
    }
  })

  it('agree to the bit on depthwise convolutions around every edge', () => {
    for (const lanes of [4, 8, 16]) {
      for (const d of depthwiseCases(lanes)) {
        const operands = operandsOf(d)
        const [first, ...others] = FUSED.map((tier) => runKernel(d, operands, tier, 'f32-depthwise'))
        for (const other of others) expect(other, `${d.xShape} * ${d.weightShape}`).toEqual(first)
      }
    }
  })

  it('agree to the bit on 150 random convolutions', () => {
    let state = 20260 >>> 0
    const pick = (low: number, high: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return low + Math.floor((state / 2 ** 32) * (high - low + 1))
    }
    for (let round = 0; round < 150; round++) {
      const groups = pick(1, 3)
      const [ic, oc, kernel] = [pick(1, 20), groups * pick(1, 14), [pick(1, 5), pick(1, 5)]]
      const activation = ACTIVATIONS[pick(0, ACTIVATIONS.length - 1)]
      const options = { padding: [pick(0, 2), pick(0, 2)], stride: [pick(1, 3), pick(1, 3)], groups, activation }
      const d = describeConv([groups * ic, pick(5, 30), pick(5, 40)], [oc, ic, ...kernel], true, options)
      const operands = operandsOf(d, round)
      for (const { name } of KERNELS.filter(
        (kernel) => kernel.refuses(d, TIERS.paired.traits) === null && kernel.name !== 'f32-scalar',
      )) {
        const [first, ...others] = FUSED.map((tier) => runKernel(d, operands, tier, name))
        for (const other of others) expect(other, `round ${round}: ${name}`).toEqual(first)
      }
    }
  })
})
