// Time of one layer with usual data, and with data that is subnormal or becomes so; medians of runs that take turns.
import { describeConv, type FloatTensor, LocalLayer, sizeOf, Tensor, type TierName } from '@weft/core'
import { openWorkspace } from '@weft/parallel'
import { noise } from '../../../../core/test/run-kernel.ts'
import { native } from '../../../src/native/native.ts'
import { configuration, say } from '../say.ts'

const { tier, rounds } = configuration<{ tier: TierName; rounds: number }>()
const here = native()
if (typeof here === 'string') say({ skipped: here })
else {
  const d = describeConv([64, 56, 56], [64, 64, 3, 3], true, { padding: 1, activation: 'relu' })
  const [x, weight, bias] = [noise(d.xShape, 1), noise(d.weightShape, 2), noise([64], 3)]
  const times = ({ data, shape }: FloatTensor, by: number) =>
    new Tensor(
      data.map((value) => value * by),
      shape,
    )
  const kinds = {
    usual: { x, weight, bias },
    'subnormal pixels': { x: times(x, 1e-39), weight, bias },
    'subnormal products': { x: times(x, 1e-30), weight: times(weight, 1e-10), bias: times(bias, 0) },
    'sums around the smallest number': { x: times(x, 1e-19), weight: times(weight, 1e-19), bias: times(bias, 0) },
  }
  const y = new Float32Array(sizeOf(d.yShape))
  const turns = Object.entries(kinds).map(([name, operands]) => ({
    name,
    x: operands.x.data,
    layer: new LocalLayer(d, operands.weight, operands.bias, { tier: openWorkspace(tier).workspace }),
    times: [] as number[],
  }))
  for (let round = 0; round < rounds; round++) {
    for (const turn of turns) {
      const start = performance.now()
      turn.layer.run(turn.x, y)
      turn.times.push(performance.now() - start)
    }
  }
  const [usual, ...others] = turns.map((turn) => [turn.name, median(turn.times)] as const)
  say({ usual: usual[1], others: Object.fromEntries(others) })
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
