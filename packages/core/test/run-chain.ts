// Running a chain as one step, piece by piece, and its convolutions one after the other.
import {
  type ChainDescriptor,
  type ConvDescriptor,
  convsOf,
  type FloatTensor,
  joinWeights,
  LocalLayer,
  portableWorkspace,
  Staged,
  selectChain,
  sizeOf,
  TIERS,
  type TierName,
  type Workspace,
} from '@weft/core'
import { noise, type Operands, operandsOf } from './run-kernel.ts'

export interface ChainOperands {
  readonly x: FloatTensor
  readonly residual: FloatTensor | null
  readonly weights: readonly Pick<Operands, 'weight' | 'bias'>[]
}

export function chainOperandsOf(chain: ChainDescriptor): ChainOperands {
  const weights = convsOf(chain).map((d, i) => operandsOf({ ...d, residual: false }, 10 * i))
  return { x: noise(chain.xShape, 5), residual: chain.residual ? noise(chain.yShape, 6) : null, weights }
}

/** The convolutions, each by the kernel that is chosen for it. */
export function runApart(convs: readonly ConvDescriptor[], { x, residual, weights }: ChainOperands, tier: TierName | Workspace) {
  return convs.reduce((from, d, i) => {
    const { weight, bias } = weights[i]
    const y = new Float32Array(sizeOf(d.yShape)).fill(Number.NaN)
    new LocalLayer(d, weight, bias, { tier }).run(from, y, d.residual ? residual?.data : undefined)
    return y
  }, x.data)
}

const FIRST_BYTE = 4096
const [NEVER, NOTHING] = [() => false, 0x7fc00000]

/**
 * The chain as it is planned for so many workers: pieces in the order that `order` brings them into, each by itself, or all at once.
 * What is not computed is NaN, scratch before it is written too.
 */
export function runChain(
  chain: ChainDescriptor,
  { x, residual, weights }: ChainOperands,
  tier: TierName | Workspace,
  workers: number,
  together = false,
): { y: Float32Array; pieces: number } {
  const workspace = typeof tier === 'string' ? portableWorkspace(tier) : tier
  const { kernel, plan } = selectChain(chain, TIERS[workspace.tier].traits, workers)
  const { weight, bias } = joinWeights(chain, weights)
  const size = sizeOf(chain.yShape)
  let end = FIRST_BYTE
  const place = (bytes: number) => {
    const at = end
    end += Math.ceil(bytes / 64) * 64
    return at
  }
  const [packed, own] = [place(plan.packedBytes), place(plan.privateBytes)]
  const at = {
    packed,
    private: own,
    shared: 0,
    x: place(4 * x.size),
    y: place(4 * size),
    residual: place(4 * size),
    staged: new Staged(),
  }
  workspace.reserve(end)
  workspace.tenant = null
  const { buffer } = workspace.memory
  new Int32Array(buffer, FIRST_BYTE, (end - FIRST_BYTE) / 4).fill(NOTHING)
  kernel.pack(plan, weight.data, bias.data, buffer, packed)
  new Float32Array(buffer, at.x, x.size).set(x.data)
  if (residual !== null) new Float32Array(buffer, at.residual, size).set(residual.data)
  const run = kernel.runner(plan, workspace.callables(kernel.functions(plan)), buffer)
  const [xItem, yItem] = [(4 * x.size) / chain.batch, (4 * size) / chain.batch]
  const pieces = plan.steps[0].units
  for (let item = 0; item < chain.batch; item++) {
    const its = { ...at, x: at.x + item * xItem, y: at.y + item * yItem, residual: at.residual + item * yItem }
    if (together) run(0, 0, pieces, its, NEVER)
    else for (let piece = pieces - 1; piece >= 0; piece--) run(0, piece, piece + 1, its, NEVER)
  }
  return { y: new Float32Array(buffer, at.y, size).slice(), pieces }
}
