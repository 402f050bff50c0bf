// The fused tiers over random convolutions: every kernel on every tier gives the same bits, and so does the choice of each tier
// but where a matrix unit changes it.
import {
  type ConvDescriptor,
  type FloatTensor,
  KERNELS,
  LocalLayer,
  type MachineTraits,
  select,
  sizeOf,
  Tensor,
  TIERS,
  type TierName,
  type Workspace,
} from '@weft/core'
import { openWorkspace } from '@weft/parallel'
import { type Operands, operandsOf } from '../../../../core/test/run-kernel.ts'
import { native } from '../../../src/native/native.ts'
import { caseOf } from '../cases.ts'
import { configuration, say } from '../say.ts'

export interface BitsConfig {
  readonly tiers: readonly TierName[]
  readonly seed: number
  readonly from: number
  readonly count: number
  /** What pixels, weights and biases are multiplied by: near 1e-19 their products, sums and results are subnormal now and then. */
  readonly scale?: number
}

const { tiers, seed, from, count, scale = 1 } = configuration<BitsConfig>()
const here = native()
if (typeof here === 'string') say({ skipped: here })
else {
  const workspaces = new Map(tiers.map((tier) => [tier, openWorkspace(tier).workspace]))
  let compared = 0
  for (let index = from; index < from + count; index++) {
    const { descriptor: d, text } = caseOf(seed, index)
    const operands = scaled(operandsOf(d, index))
    for (const kernel of [undefined, ...KERNELS.map(({ name }) => name)]) {
      const taking = tiers.filter((tier) => takes(d, tier, kernel))
      if (kernel === 'f32-scalar' || taking.length < 2) continue
      say({ at: index, kernel: kernel ?? 'chosen', text })
      const [first, ...others] = taking.map((tier) => run(d, operands, workspaces.get(tier) as Workspace, kernel))
      others.forEach((y, other) => {
        compared++
        const i = y.findIndex((value, at) => value !== first[at])
        if (i < 0) return
        const why = `${kernel ?? 'the chosen kernel'}: output ${i} is ${y[i]} on ${taking[other + 1]}, ${first[i]} on ${taking[0]}`
        say({ failed: index, text, why })
      })
    }
  }
  say({ done: count, compared })
}

function scaled({ x, weight, bias, residual }: Operands): Operands {
  const times = (tensor: FloatTensor, by: number) =>
    new Tensor(
      tensor.data.map((value) => value * by),
      tensor.shape,
    )
  const addend = (tensor: FloatTensor | null) => (tensor === null ? null : times(tensor, scale * scale))
  return { x: times(x, scale), weight: times(weight, scale), bias: addend(bias), residual: addend(residual) }
}

/** Whether a tier is one of those that must give the same bits for a kernel, or for what they choose. */
function takes(d: ConvDescriptor, tier: TierName, name: string | undefined): boolean {
  const { traits } = TIERS[tier]
  if (name !== undefined) return KERNELS.find((kernel) => kernel.name === name)?.refuses(d, traits) === null
  const chosen = (of: MachineTraits) => select(d, of).kernel.order(d)
  return !traits.matrix || chosen(traits) === chosen({ ...traits, matrix: false })
}

/**
 * As 32-bit words, so that a NaN is itself and -0 is not 0. But where results are flushed it is: whether a block sums products
 * of padding too depends on the tier, and +0 added to a result that was flushed to -0 gives +0.
 */
function run(d: ConvDescriptor, { x, weight, bias, residual }: Operands, tier: Workspace, kernel: string | undefined) {
  const y = new Float32Array(sizeOf(d.yShape)).fill(Number.NaN)
  new LocalLayer(d, weight, bias, { tier, kernel }).run(x.data, y, residual?.data)
  if (scale !== 1)
    y.forEach((value, i) => {
      y[i] = value + 0
    })
  return new Uint32Array(y.buffer)
}
