import {
  Conv2d,
  Conv3d,
  ConvTranspose2d,
  conv,
  corr2d,
  corr2dMultiIn,
  corr2dMultiInOut,
  corr2dMultiInOut1x1,
  costOf,
  describeConv,
  Tensor,
} from '@weft/core'
import { describe, expect, it } from 'vitest'
import { eighths } from './torch-cases.ts'

const X = Tensor.from([
  [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
  ],
  [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ],
])
const K = Tensor.from([
  [
    [0, 1],
    [2, 3],
  ],
  [
    [1, 2],
    [3, 4],
  ],
])
const plus = (by: number) =>
  new Tensor(
    K.data.map((value) => value + by),
    K.shape,
  )
const stack = (...tensors: Tensor[]) => Tensor.from(tensors.map((tensor) => tensor.toArray()))

describe('the lecture', () => {
  it('correlates one channel', () => {
    expect(
      corr2d(
        Tensor.arange([3, 3]),
        Tensor.from([
          [0, 1],
          [2, 3],
        ]),
      ).toArray(),
    ).toEqual([
      [19, 25],
      [37, 43],
    ])
  })

  it('sums over input channels', () => {
    expect(corr2dMultiIn(X, K).toArray()).toEqual([
      [56, 72],
      [104, 120],
    ])
  })

  it('stacks output channels', () => {
    expect(corr2dMultiInOut(X, stack(K, plus(1), plus(2))).toArray()).toEqual([
      [
        [56, 72],
        [104, 120],
      ],
      [
        [76, 100],
        [148, 172],
      ],
      [
        [96, 128],
        [192, 224],
      ],
    ])
  })

  it('finds the edges of a black band', () => {
    const picture = Tensor.from(Array.from({ length: 6 }, () => [1, 1, 0, 0, 0, 0, 1, 1]))
    expect(corr2d(picture, Tensor.from([[1, -1]])).toArray()).toEqual(Array.from({ length: 6 }, () => [0, 1, 0, 0, 0, -1, 0]))
  })

  it('gives 2x2 for 8x8, kernel (3, 5), padding (0, 1), stride (3, 4)', () => {
    expect(conv(Tensor.zeros([1, 8, 8]), { weight: Tensor.zeros([1, 1, 3, 5]), padding: [0, 1], stride: [3, 4] }).shape).toEqual([
      1, 2, 2,
    ])
  })

  it('computes 1x1 as a matrix product, equal to the general layer', () => {
    const [x, k] = [eighths([3, 17, 9], 1), eighths([2, 3, 1, 1], 2)]
    expect(corr2dMultiInOut1x1(x, k).data).toEqual(corr2dMultiInOut(x, k).data)
  })

  it('costs 1.024e9 multiply-accumulates for 100 to 100 channels, 5x5, 64x64 out', () => {
    const { macs } = costOf(describeConv([100, 64, 64], [100, 100, 5, 5], false, { padding: 2 }))
    expect(macs).toBe(1.024e9)
    expect(macs * 10 * 1e6).toBe(1.024e16)
  })

  it('costs 53,687,091,200 FLOPs for 128 to 128 channels, 5x5, 256x256 out', () => {
    expect(costOf(describeConv([128, 256, 256], [128, 128, 5, 5], false, { padding: 2 })).flops).toBe(53_687_091_200)
  })

  it('takes RGB-D as four channels in 2-D, and as depth in 3-D', () => {
    const flat = new Conv2d({ inChannels: 4, outChannels: 2, kernelSize: 3, padding: 1 })
    expect(flat.forward(eighths([4, 10, 12], 1)).shape).toEqual([2, 10, 12])
    const deep = new Conv3d({ inChannels: 1, outChannels: 2, kernelSize: [4, 3, 3], padding: [0, 1, 1] })
    expect(deep.forward(eighths([1, 4, 10, 12], 1)).shape).toEqual([2, 1, 10, 12])
    const weight = eighths([2, 4, 3, 3], 3)
    const bias = Tensor.from([0.5, -0.25])
    const asFlat = flat.load({ weight, bias }).forward(eighths([4, 10, 12], 1))
    const asDeep = deep.load({ weight: weight.reshape([2, 1, 4, 3, 3]), bias }).forward(eighths([1, 4, 10, 12], 1))
    expect(asDeep.data).toEqual(asFlat.data)
  })

  it('stacks a depthwise and a pointwise layer, as MobileNet does', () => {
    const depthwise = new Conv2d({ inChannels: 8, outChannels: 8, kernelSize: 3, padding: 1, groups: 8, activation: 'relu6' })
    const pointwise = new Conv2d({ inChannels: 8, outChannels: 12, kernelSize: 1, bias: false })
    expect(pointwise.forward(depthwise.forward(eighths([2, 8, 14, 14], 1))).shape).toEqual([2, 12, 14, 14])
  })

  it('makes maps larger with stride one half', () => {
    const layer = new ConvTranspose2d({ inChannels: 1, outChannels: 1, kernelSize: 2, stride: 2, bias: false })
    layer.load({ weight: Tensor.full([1, 1, 2, 2], 1) })
    expect(layer.forward(Tensor.from([[[1, 2]]])).toArray()).toEqual([
      [
        [1, 1, 2, 2],
        [1, 1, 2, 2],
      ],
    ])
  })
})

describe('a layer', () => {
  it('has a bias unless told otherwise, and zeros until loaded', () => {
    const layer = new Conv2d({ inChannels: 3, outChannels: 2, kernelSize: 3 })
    expect(layer.weight.shape).toEqual([2, 3, 3, 3])
    expect(layer.bias?.shape).toEqual([2])
    expect(layer.forward(eighths([3, 5, 5], 1)).data.every((value) => value === 0)).toBe(true)
  })

  it('refuses tensors of other shapes and says both', () => {
    const layer = new Conv2d({ inChannels: 3, outChannels: 2, kernelSize: 3 })
    expect(() => layer.load({ weight: Tensor.zeros([2, 3, 5, 5]) })).toThrow(
      'weight is (2, 3, 5, 5); the layer takes (2, 3, 3, 3)',
    )
    expect(() => layer.load({ weight: Tensor.zeros([2, 3, 3, 3]) })).toThrow('has a bias, and none was given')
  })
})
