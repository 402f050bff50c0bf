// Subnormal data through engines of machine code: flushed alike on every tier, for every number of threads.
import { describeConv, type FloatTensor, LocalLayer, sizeOf, Tensor, type TierName } from '@weft/core'
import { open } from '@weft/parallel'
import { noise } from '../../../../core/test/run-kernel.ts'
import { native } from '../../../src/native/native.ts'
import { configuration, say } from '../say.ts'
import { subnormalsLive } from '../subnormals.ts'

const { tiers } = configuration<{ tiers: readonly TierName[] }>()
const here = native()
if (typeof here === 'string') say({ skipped: here })
else {
  const [xShape, weightShape, options] = [[2, 6, 15, 17], [9, 6, 3, 3], { padding: 1, activation: 'leakyRelu' }] as const
  const d = describeConv(xShape, weightShape, true, options)
  const [x, weight, bias] = [noise(xShape, 1), noise(weightShape, 2), noise([9], 3)]
  const mixed = map(x, (value, i) => (i % 3 === 0 ? value * 1e-40 : value))
  const cases = {
    subnormalAndNormalPixels: { x: mixed, weight, bias, like: { x: map(mixed, flushed), weight, bias } },
    onlySubnormalPixels: { x: map(x, (v) => v * 1e-40), weight, bias, like: { x: map(x, () => 0), weight, bias } },
    subnormalProducts: {
      x: map(x, () => 1e-30),
      weight: map(weight, () => 1e-11),
      bias: map(bias, () => 0),
      like: { x: map(x, () => 0), weight, bias: map(bias, () => 0) },
    },
  }
  for (const tier of tiers) {
    for (const threads of [1, 3]) {
      const engine = await open({ threads, tier })
      for (const [name, { like, ...operands }] of Object.entries(cases)) {
        const expected = new Float32Array(sizeOf(d.yShape))
        new LocalLayer(d, like.weight, like.bias, { tier: 'relaxed' }).run(like.x.data, expected)
        for (const parallel of ['channels', 'items'] as const) {
          const y = await engine.conv(operands.x, { ...options, weight: operands.weight, bias: operands.bias, parallel })
          const same = Buffer.compare(Buffer.from(y.data.buffer), Buffer.from(expected.buffer)) === 0
          say({ name, tier, threads, parallel, same, subnormal: y.data.filter(isSubnormal).length, live: subnormalsLive() })
        }
      }
      await engine.close()
    }
  }
}

function map(tensor: FloatTensor, change: (value: number, index: number) => number): FloatTensor {
  return new Tensor(tensor.data.map(change), tensor.shape)
}
function isSubnormal(value: number): boolean {
  return value !== 0 && Math.abs(value) < 2 ** -126
}
function flushed(value: number): number {
  return isSubnormal(value) ? 0 : value
}
