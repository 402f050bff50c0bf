// What one core can do: fused multiply-adds on registers alone, written against the same machine as the kernels.
import { setImmediate } from 'node:timers/promises'
import { type KernelFunction, TIERS, type TierName, type Workspace } from '@weft/core'
import { openWorkspace } from '@weft/parallel'

/** Enough sums at once to hide the latency of a multiply-add, few enough to stay in registers. */
const SUMS = 12
const UNROLLED = 8
const ARGS = 64
const FACTOR = 128
const FIRST_SUM = 192
const CALL_MS = 2

/** Called with { address of the factor, address of the sums, turns of the loop }. */
export const peakFunction: KernelFunction = {
  name: 'f32-peak',
  words: 3,
  touches: () => [],
  emit(m) {
    const [factorAt, sumsAt, turns] = [m.arg(0), m.arg(1), m.arg(2)]
    const width = 4 * m.traits.lanes
    const factor = m.vec()
    m.broadcast(factor, factorAt, 0)
    const sums = Array.from({ length: SUMS }, (_, index) => {
      const sum = m.vec()
      m.load(sum, sumsAt, index * width)
      return sum
    })
    m.loop(turns, () => {
      // A sum times the factor, added to itself: every product is another, or a compiler would take it out of the loop.
      for (let turn = 0; turn < UNROLLED; turn++) for (const sum of sums) m.madd(sum, sum, factor)
    })
    // The stores keep the sums alive, and V8 begins at stores side by side when it pairs vectors.
    for (const [index, sum] of sums.entries()) m.store(sumsAt, index * width, sum)
  },
}

/** The best GFLOP/s of one core seen in about `ms`; null for the tier without vectors, which no kernel is emitted for. */
export async function measurePeak(tier: TierName, ms: number): Promise<number | null> {
  if (tier === 'scalar') return null
  const { workspace, close } = openWorkspace(tier)
  try {
    return await bestRate(workspace, ms)
  } finally {
    close()
  }
}

async function bestRate(workspace: Workspace, ms: number): Promise<number> {
  const { traits } = TIERS[workspace.tier]
  const call = workspace.callables([peakFunction]).get(peakFunction.name)
  workspace.reserve(FIRST_SUM + 4 * traits.lanes * SUMS)
  // What is put there is no layer's.
  workspace.tenant = null
  const words = new Uint32Array(workspace.memory.buffer, ARGS, 3)
  // A factor of zero: the sums stay 1, and no number on the way is subnormal.
  new Float32Array(workspace.memory.buffer, FACTOR, 1).fill(0)
  new Float32Array(workspace.memory.buffer, FIRST_SUM, traits.lanes * SUMS).fill(1)
  const timed = (turns: number): number => {
    words.set([FACTOR, FIRST_SUM, turns])
    const start = performance.now()
    call?.(ARGS)
    return performance.now() - start
  }
  let [turns, best] = [1000, 0]
  for (const until = performance.now() + ms; performance.now() < until; ) {
    const took = timed(turns)
    best = Math.max(best, (2 * traits.lanes * SUMS * UNROLLED * turns) / took / 1e6)
    // Calls of a length that the clock resolves and that V8 can swap for better code between.
    if (took < CALL_MS / 2) turns *= 2
    await setImmediate()
  }
  return best
}
