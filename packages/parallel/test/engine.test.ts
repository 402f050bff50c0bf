import { describeConv, LocalLayer, Tensor, WeftError } from '@weft/core'
import { open } from '@weft/parallel'
import { describe, expect, it } from 'vitest'

function numbers(shape: readonly number[], seed: number): Tensor<Float32Array> {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return new Tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.37 + seed)), shape)
}

describe('an engine', () => {
  it('gives the same bits for 1, 2, 3 and 7 threads, whichever way the cores share the work', async () => {
    const problems = [
      { x: [5, 20, 17, 19], weight: [13, 20, 3, 3], options: { padding: 1 } },
      { x: [1, 8, 40, 40], weight: [3, 8, 5, 5], options: { padding: 2, activation: 'sigmoid' as const } },
      { x: [3, 24, 15, 15], weight: [24, 1, 3, 3], options: { padding: 1, groups: 24, stride: 2 } },
      { x: [2, 12, 20, 20], weight: [30, 12, 1, 1], options: {} },
      { x: [1, 4, 6, 12, 12], weight: [5, 4, 3, 3, 3], options: { padding: 1, paddingMode: 'reflect' as const } },
    ]
    for (const { x: xShape, weight: wShape, options } of problems) {
      const [x, weight, bias] = [numbers(xShape, 1), numbers(wShape, 2), numbers([wShape[0]], 3)]
      const d = describeConv(xShape, wShape, true, options)
      let expected: Float32Array | undefined
      for (const threads of [1, 2, 3, 7]) {
        await using engine = await open({ threads })
        await using layer = await engine.prepare({ weight, bias, ...options }, xShape)
        for (const parallel of ['channels', 'items', 'auto'] as const) {
          const y = await layer.run(x, { parallel })
          expect(y.shape).toEqual(d.yShape)
          expected ??= local(d, x, weight, bias, engine.info.tier)
          expect(y.data, `${threads} threads, ${parallel}`).toEqual(expected)
        }
      }
    }
  })
})

function local(d: ReturnType<typeof describeConv>, x: Tensor<Float32Array>, weight: Tensor<Float32Array>, bias: Tensor<Float32Array>, tier: 'relaxed') {
  const y = new Float32Array(d.yShape.reduce((a, b) => a * b, 1))
  new LocalLayer(d, weight, bias, { tier }).run(x.data, y)
  return y
}
void WeftError
