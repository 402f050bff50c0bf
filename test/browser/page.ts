// What the test's page does with @weft/core, on its own thread: the lecture's examples, and one layer by a kernel that is named.
import {
  corr2d,
  corr2dMultiIn,
  corr2dMultiInOut,
  corr2dMultiInOut1x1,
  fastestTier,
  LocalLayer,
  parseProblem,
  sizeOf,
  Tensor,
} from '@weft/core'

/** The equations of Dive into Deep Learning 6.2 and 6.4, in their order. */
export function lecture() {
  const from = (first: number, ...shape: number[]) => Tensor.arange(shape, first).toArray()
  const x = Tensor.from([from(0, 3, 3), from(1, 3, 3)])
  const k = [0, 1, 2].map((plus) => [from(plus, 2, 2), from(1 + plus, 2, 2)])
  const ones = Tensor.from(from(0, 3, 2, 1, 1))
  return {
    oneChannel: corr2d(Tensor.arange([3, 3]), Tensor.arange([2, 2])).toArray(),
    severalIn: corr2dMultiIn(x, Tensor.from(k[0])).toArray(),
    severalOut: corr2dMultiInOut(x, Tensor.from(k)).toArray(),
    oneByOne: corr2dMultiInOut1x1(x, ones).toArray(),
    oneByOneAsConvolution: corr2dMultiInOut(x, ones).toArray(),
  }
}

export function layer(problem: string, kernel: string, data: { x: number[]; weight: number[]; bias: number[] }) {
  const { descriptor: d } = parseProblem(problem)
  const { tier, why } = fastestTier()
  const y = new Float32Array(sizeOf(d.yShape))
  const tensor = (values: number[], shape: readonly number[]) => new Tensor(Float32Array.from(values), shape)
  const [weight, bias] = [tensor(data.weight, d.weightShape), tensor(data.bias, [d.oc])]
  new LocalLayer(d, weight, bias, { tier, kernel }).run(Float32Array.from(data.x), y)
  return { tier, why, y: [...y] }
}
