// The doctor's self-test: every kernel on every tier that is to be had, by worker threads, against the definition in float64.

import { type Operands, operandsOf } from '@weft/commands/operands'
import { errorOf, type Truth, truthOf } from '@weft/commands/truth'
import {
  type ConvDescriptor,
  KERNELS,
  type Kernel,
  parseProblem,
  Tensor,
  TIER_NAMES,
  TIERS,
  type TierName,
  WeftError,
} from '@weft/core'
import { type Engine, open } from '@weft/parallel'
import { count } from '../text.ts'
import type { Finding } from './finding.ts'

/** Together every kernel takes one: full tiles and narrow ones, padding, stride, groups, dilation, depth, transposed, one output. */
const PROBLEMS = [
  'ic20ih9iw11oc18kh1',
  'ic16ih17oc16kh3ph1',
  'ic7ih7oc20kh3ph1',
  'ic172ih5oc172kh3ph1',
  'ic128ih9oc114kh3ph1',
  'g12ic12ih13iw19oc12kh3ph1',
  'g8ic8ih17oc16kh5sh2ph2',
  'ic3ih19oc10kh3sh2ph1',
  'ic16ih14oc16kh5ph2',
  'g2ic8ih9oc12kh3dh1ph2',
  'ic4iw65oc6kw5pw2',
  'ic3id5ih6iw7oc4kd3ph1pw1pd1',
  'tr1ic6ih7oc9kh4sh2ph1',
  'ic40iw7oc70kw7',
  'ic3ih21oc8kh7sh2ph3',
  'ic5iw70oc6kw3pw1',
  'ic4ih9oc5kh3kw1ph1pw0',
  'ic4ih9oc5kh5kw1ph2pw0',
  'ic4ih9oc5kh1kw7ph0pw3',
  'ic4ih9oc5kh7kw1ph3pw0',
  'ic17ih19oc10kh3sh2ph1',
  'ic4ih17oc8kh4sh2ph1',
  'ic5iw70oc6kw3sw2pw1',
  'ic4iw65oc6kw5sw2pw2',
  'ic4ih19oc5kh3kw1sh2sw1ph1pw0',
  'ic4ih19oc5kh5kw1sh2sw1ph2pw0',
]

interface Case {
  readonly d: ConvDescriptor
  readonly operands: Operands
  readonly truth: Truth
}

function caseOf(text: string): Case {
  const { descriptor: d } = parseProblem(text)
  const operands = operandsOf(d)
  const { weight, bias } = operands.params
  const data = { x: operands.inputs[0], weight: weight.data as Float32Array, bias: bias?.data as Float32Array }
  return { d, operands, truth: truthOf(d, data) }
}

/** What a kernel made of its problems on a tier. */
interface Trial {
  readonly tier: TierName
  readonly kernel: string
  /** The largest distance from the truth, over the largest sum of |x w|; and how far it may be. */
  readonly error: number
  readonly limit: number
  /** What was thrown. */
  readonly trouble: string | null
}

/** What is wanted of an engine. */
type Bench = Pick<Engine, 'prepare' | 'prepareTranspose' | 'close'>

/** Runs every kernel that takes one of the problems on an engine's tier. */
async function trialsOf(engine: Bench, tier: TierName, cases: readonly Case[]): Promise<Trial[]> {
  const { traits } = TIERS[tier]
  const trials: Trial[] = []
  for (const kernel of KERNELS) {
    const taken = cases.filter(({ d }) => kernel.refuses(d, traits) === null)
    if (taken.length === 0) continue
    const base = { tier, kernel: kernel.name, limit: kernel.error }
    try {
      let error = 0
      for (const problem of taken) error = Math.max(error, await errorIn(engine, kernel, problem))
      trials.push({ ...base, error, trouble: null })
    } catch (error) {
      trials.push({ ...base, error: Number.POSITIVE_INFINITY, trouble: error instanceof Error ? error.message : String(error) })
    }
  }
  return trials
}

async function errorIn(
  engine: Bench,
  { name: kernel }: Kernel,
  { d, operands: { params, inputs }, truth }: Case,
): Promise<number> {
  const layer = await engine[d.transposed ? 'prepareTranspose' : 'prepare'](params, d.xShape, { kernel })
  try {
    return errorOf((await layer.run(new Tensor(inputs[0], d.xShape), { parallel: 'channels' })).data, truth)
  } finally {
    await layer.close()
  }
}

/** All threads of an engine of each tier. Why one is not to be had is told by the finding about tiers. */
export async function selfTest(
  tiers: readonly TierName[] = TIER_NAMES,
  openOn: (tier: TierName) => Promise<Bench> = (tier) => open({ tier }),
): Promise<Finding> {
  const start = performance.now()
  const cases = PROBLEMS.map(caseOf)
  const trials: Trial[] = []
  for (const tier of tiers) {
    const engine = await openOn(tier).catch((error: unknown) => {
      if (error instanceof WeftError && error.code === 'TIER') return null
      throw error
    })
    if (engine === null) continue
    try {
      trials.push(...(await trialsOf(engine, tier, cases)))
    } finally {
      await engine.close()
    }
  }
  return judged(trials, performance.now() - start)
}

function judged(trials: readonly Trial[], ms: number): Finding {
  // A comparison the other way round would let NaN pass.
  const wrong = trials.filter(({ error, limit }) => !(error <= limit))
  const tiers = TIER_NAMES.filter((name) => trials.some(({ tier }) => tier === name))
  const of = (tier: TierName) => trials.filter((trial) => trial.tier === tier)
  const words = [
    `${trials.length - wrong.length} of ${trials.length} results of kernels on tiers agree with the definition in float64 (${(ms / 1000).toFixed(1)} s)`,
    ...wrong.map(
      ({ tier, kernel, error, limit, trouble }) =>
        `${kernel} on ${tier}: ${trouble ?? `off by ${error.toExponential(1)} of the sum of |x w|, ${limit} is allowed`}`,
    ),
    ...tiers.map(
      (tier) =>
        `${tier}: ${count(of(tier).length, 'kernel')}, off by ${Math.max(...of(tier).map(({ error }) => error)).toExponential(1)} at most`,
    ),
  ]
  return {
    name: 'kernels',
    state: wrong.length === 0 && trials.length > 0 ? 'well' : 'ill',
    words,
    facts: { trials: trials.map((one) => ({ ...one })), ms },
  }
}
