import {
  checkWeights,
  conv,
  convTranspose,
  costOf,
  describeConv,
  describeConvTranspose,
  explain,
  fromWire,
  parseProblem,
  parseSuite,
  select,
  Tensor,
  TIERS,
  toWire,
  WeftError,
} from '@weft/core'
import { describe, expect, it } from 'vitest'

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof WeftError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing was thrown'
}

describe('a descriptor', () => {
  it('is frozen, plain and survives a message', () => {
    const d = describeConv([2, 3, 8, 9], [4, 3, 3, 3], true, { padding: 'same', activation: 'relu' })
    expect(Object.isFrozen(d)).toBe(true)
    expect(structuredClone(d)).toEqual(d)
  })

  it.each([
    ['SHAPE: x (3, 8, 8) has 3 channels', () => describeConv([3, 8, 8], [4, 2, 3, 3], false)],
    ['SHAPE: 5 output channels cannot be split into 2 groups', () => describeConv([4, 8, 8], [5, 2, 3, 3], false, { groups: 2 })],
    ['SHAPE: weight (4, 3) has rank 2', () => describeConv([3, 8, 8], [4, 3], false)],
    ['SHAPE: x (8, 8) has rank 2', () => describeConv([8, 8], [4, 3, 3, 3], false)],
    ['SHAPE: x (0, 8, 8) is empty', () => describeConv([0, 8, 8], [4, 0, 3, 3], false)],
    ['SHAPE: a kernel of 9 pixels does not fit into 8', () => describeConv([1, 8, 8], [1, 1, 9, 3], false)],
    [
      'SHAPE: padding [8, 8] is too large for reflect padding of 8',
      () => describeConv([1, 8, 8], [1, 1, 3, 3], false, { padding: 8, paddingMode: 'reflect' }),
    ],
    [
      'SHAPE: padding [9, 9] is too large for circular padding of 8',
      () => describeConv([1, 8, 8], [1, 1, 3, 3], false, { padding: 9, paddingMode: 'circular' }),
    ],
    ['SHAPE: stride has 3 values for 2', () => describeConv([1, 8, 8], [1, 1, 3, 3], false, { stride: [1, 1, 1] })],
    ['OPTION: stride is 0', () => describeConv([1, 8, 8], [1, 1, 3, 3], false, { stride: 0 })],
    ['OPTION: dilation is 1.5', () => describeConv([1, 8, 8], [1, 1, 3, 3], false, { dilation: 1.5 })],
    ['OPTION: padding is -1', () => describeConv([1, 8, 8], [1, 1, 3, 3], false, { padding: -1 })],
    ["OPTION: padding 'some' is unknown", () => describeConv([1, 8, 8], [1, 1, 3, 3], false, { padding: 'some' as 'same' })],
    [
      "OPTION: paddingMode 'mirror' is unknown",
      () => describeConv([1, 8, 8], [1, 1, 3, 3], false, { paddingMode: 'mirror' as 'reflect' }),
    ],
    [
      "OPTION: activation 'gelu' is unknown",
      () => describeConv([1, 8, 8], [1, 1, 3, 3], false, { activation: 'gelu' as 'relu' }),
    ],
    [
      'OPTION: activation clip cannot have',
      () => describeConv([1, 8, 8], [1, 1, 3, 3], false, { activation: { kind: 'clip', min: 2, max: 1 } }),
    ],
    [
      'OPTION: outputPadding 2 must be smaller',
      () => describeConvTranspose([1, 8, 8], [1, 1, 3, 3], false, { stride: 2, outputPadding: 2 }),
    ],
    ['SHAPE: x (2, 8, 8) has 2 channels; the transposed', () => describeConvTranspose([2, 8, 8], [1, 1, 3, 3], false)],
    ['TOO_LARGE', () => describeConv([1, 40000, 40000], [4, 1, 1, 1], false)],
  ])('refuses with %s', (message, make) => {
    expect(codeOf(make)).toContain(message)
  })

  it.each([
    ['WEIGHTS: weight holds NaN at index 4', () => checkWeights(Tensor.from([[[0, 1, 2, 3, Number.NaN]]]), null, 1)],
    [
      'WEIGHTS: bias holds Infinity at index 0',
      () => checkWeights(Tensor.zeros([1, 1, 3]), Tensor.from([Number.POSITIVE_INFINITY]), 1),
    ],
    [
      'SHAPE: bias (2) must be (1)',
      () => conv(Tensor.zeros([1, 9]), { weight: Tensor.zeros([1, 1, 3]), bias: Tensor.zeros([2]) }),
    ],
    [
      'SHAPE: bias (1, 1) must be (1)',
      () => conv(Tensor.zeros([1, 9]), { weight: Tensor.zeros([1, 1, 3]), bias: Tensor.zeros([1, 1]) }),
    ],
    ['DTYPE: x is uint8', () => conv(Tensor.from([[1, 2, 3]], 'uint8'), { weight: Tensor.zeros([1, 1, 3]) })],
    ['DTYPE: weight is int32', () => convTranspose(Tensor.zeros([1, 3]), { weight: Tensor.from([[[1]]], 'int32') })],
  ])('refuses weights with %s', (message, make) => {
    expect(codeOf(make)).toContain(message)
  })
})

describe('the cost', () => {
  it('counts bytes of x, weight, bias and y once, and FLOPs a byte', () => {
    const cost = costOf(describeConv([2, 3, 8, 8], [4, 3, 3, 3], true, { padding: 1 }))
    expect(cost).toMatchObject({
      macs: 2 * 4 * 3 * 9 * 64,
      flops: 2 * 2 * 4 * 3 * 9 * 64,
      bytes: 4 * (2 * 3 * 64 + 108 + 2 * 4 * 64 + 4),
    })
    expect(cost.intensity).toBeCloseTo(cost.flops / cost.bytes)
  })

  it('of a transposed convolution is that of each input pixel with the whole kernel', () => {
    expect(costOf(describeConvTranspose([3, 8, 8], [3, 5, 4, 4], false, { stride: 2 })).macs).toBe(3 * 5 * 16 * 64)
  })
})

describe('an error', () => {
  it('keeps its class, code and details over a message', () => {
    const error = fromWire(structuredClone(toWire(new WeftError('SHAPE', 'no', { shape: [1, 2] }))))
    expect(error).toBeInstanceOf(WeftError)
    expect([error.code, error.message, error.details]).toEqual(['SHAPE', 'no', { shape: [1, 2] }])
  })
})

describe('a problem text', () => {
  it.each([
    ['ic64ih56oc64kh3ph1', [1, 64, 56, 56], [64, 64, 3, 3], [1, 64, 56, 56]],
    ['g1mb2ic3ih224oc64oh112kh7sh2ph3n"conv1"', [2, 3, 224, 224], [64, 3, 7, 7], [2, 64, 112, 112]],
    ['g32ic32ih14iw20oc32kh3kw5ph1pw2', [1, 32, 14, 20], [32, 1, 3, 5], [1, 32, 14, 20]],
    ['ic8id4ih9oc6kd3kh3pd1ph1', [1, 8, 4, 9, 9], [6, 8, 3, 3, 3], [1, 6, 4, 9, 9]],
    ['ic8iw100oc4kw5dw1', [1, 8, 100], [4, 8, 5], [1, 4, 92]],
    ['ic8ih20oc8oh10kh3sh2', [1, 8, 20, 20], [8, 8, 3, 3], [1, 8, 10, 10]],
    ['ic8ih14oc8oh7kh3sh2ph1', [1, 8, 14, 14], [8, 8, 3, 3], [1, 8, 7, 7]],
    ['tr1ic8ih14oc4oh28kh4sh2ph1', [1, 8, 14, 14], [8, 4, 4, 4], [1, 4, 28, 28]],
  ])('%s is read', (text, x, weight, y) => {
    const { descriptor: d } = parseProblem(text)
    expect([d.xShape, d.weightShape, d.yShape]).toEqual([x, weight, y])
  })

  it.each([
    ['ic64ih56oc64kh3ph1zz3', "cannot be read from 'zz3'"],
    ['ic64ih56oc64', 'lacks kh'],
    ['', 'is empty'],
    ['ic8ih8oc8kh3oh3', 'asks for an output of 3x3; its input, kernel and padding give 6x6'],
    ['tr1ic4ih5oc6kh3oh20', 'asks for an output of 20x20'],
    ['tr2ic4ih5oc6kh3', 'has tr2'],
    ['ic64ic64ih56oc64kh3', "cannot be read from 'ic64ih56oc64'"],
    ['g3ic64ih56oc64kh3', 'cannot be split into 3 groups'],
  ])("'%s' is refused", (text, message) => {
    expect(codeOf(() => parseProblem(text))).toContain(message)
  })

  it('stands a line in a suite, beside comments', () => {
    const suite = parseSuite('# two layers\n\nic8ih9oc8kh3n"first"\nic8ih9oc8kh1\n')
    expect(suite.map(({ name }) => name)).toEqual(['first', 'ic8ih9oc8kh1'])
  })
})

describe('explain', () => {
  it('names the kernel, its cost and why faster ones refused', () => {
    const text = String(explain(parseProblem('ic64ih56oc64kh3ph1').descriptor, 'relaxed'))
    for (const part of ['115,605,504', '231,211,008', 'f32-winograd-4x4-3x3', 'f32-pointwise: the kernel is 3x3'])
      expect(text).toContain(part)
  })

  it('says that a kernel asked for by name refuses', () => {
    const { descriptor } = parseProblem('ic64ih56oc64kh3ph1')
    expect(codeOf(() => select(descriptor, TIERS.relaxed.traits, 'f32-pointwise'))).toContain(
      'OPTION: kernel f32-pointwise refuses: the kernel is 3x3',
    )
    expect(codeOf(() => select(descriptor, TIERS.relaxed.traits, 'f32-magic'))).toContain("kernel 'f32-magic' is unknown")
  })

  it('takes the fastest tier by itself, and sizes that make many segments', () => {
    expect(explain(describeConv([1, 9, 9], [1, 1, 3, 3], false)).kernel).toBe('f32-depthwise')
    expect(explain(describeConv([1, 2000, 8], [1, 1, 801, 1], false, { padding: 'same' })).macs).toBeGreaterThan(0)
    expect(describeConvTranspose([1, 2], [1, 1, 3], false, { stride: 200_000 }).yShape).toEqual([1, 200_003])
    expect(explain(describeConvTranspose([1, 2], [1, 1, 3], false, { stride: 200_000 })).macs).toBe(6)
  })

  it('leaves products of zero padding out where a plan can', () => {
    const direct = (x: number[], weight: number[], padding: number[]) =>
      select(describeConv(x, weight, false, { padding }), TIERS.relaxed.traits, 'f32-direct').plan.macs
    expect(direct([16, 1, 1], [8, 16, 3, 3], [1, 1])).toBe(16 * 8)
    expect(direct([16, 30, 32], [8, 16, 3, 1], [1, 0])).toBe(16 * 8 * 32 * (30 * 3 - 2))
  })
})
