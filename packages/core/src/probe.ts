// Whether a tier may be trusted on this machine: it must exist, give the right answers, and be as fast as it claims.
import { describeConv } from './conv/descriptor.ts'
import { PORTABLE_TIERS, TIERS, type TierName } from './isa/tiers.ts'
import { KERNELS } from './kernels/registry.ts'
import { scalar } from './kernels/scalar.ts'
import { LocalLayer, type Workspace } from './local.ts'
import { Tensor } from './tensor/tensor.ts'

export interface Verdict {
  readonly tier: TierName
  readonly trusted: boolean
  /** In a sentence, for a person. */
  readonly reason: string
}

/** Small convolutions that between them take every kernel, through full tiles, narrow tiles, padding, stride and groups. Every start waits for them. */
const KNOWN = [
  { x: [1, 19, 11, 13], weight: [9, 19, 3, 3], options: { padding: 1 } },
  { x: [1, 6, 17, 16], weight: [14, 3, 3, 3], options: { padding: 1, stride: 2, groups: 2 } },
  { x: [1, 21, 9, 8], weight: [13, 21, 1, 1], options: {} },
  { x: [1, 5, 9, 33], weight: [5, 1, 3, 3], options: { padding: 1, stride: 2, groups: 5 } },
  { x: [1, 8, 12, 12], weight: [8, 1, 3, 3], options: { padding: 1, groups: 8, activation: 'hardSwish' as const } },
  { x: [1, 3, 9, 10], weight: [4, 3, 5, 5], options: { padding: 2 } },
]
const verdicts = new Map<TierName, Verdict>()

/** Tries a tier once a process; one of machine code on a workspace that can run it. Synchronous; about 200 ms where the relaxed tier is compiled beside it. */
export function verify(tier: TierName, workspace?: Workspace): Verdict {
  const known = verdicts.get(tier)
  if (known !== undefined) return known
  const verdict = examine(tier, workspace ?? tier)
  verdicts.set(tier, verdict)
  return verdict
}

function examine(tier: TierName, on: TierName | Workspace): Verdict {
  const verdict = (trusted: boolean, reason: string): Verdict => ({ tier, trusted, reason })
  if (tier === 'scalar') return verdict(true, 'plain TypeScript always works')
  try {
    const wrong = KNOWN.map((problem) => disagreement(problem, tier, on)).find((text) => text !== null)
    if (wrong !== undefined) return verdict(false, `wrong results: ${wrong}`)
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error
    return verdict(false, `this JavaScript engine refuses the code: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (tier === 'simd128' || tier === 'relaxed') return verdict(true, 'known answers verified')
  if (tier !== 'paired') return verdict(true, 'known answers verified, bits equal to relaxed')
  const gain = pairingGain()
  const measured = `${gain.toFixed(2)} times the speed of relaxed`
  if (gain < LEAST_GAIN)
    return verdict(
      false,
      `V8 does not pair the vectors (${measured}); it needs Node 24 on x86-64 and --experimental-wasm-revectorize`,
    )
  return verdict(true, `known answers verified, bits equal to relaxed, ${measured}`)
}

type Problem = (typeof KNOWN)[number]

function disagreement({ x, weight, options }: Problem, tier: TierName, workspace: TierName | Workspace): string | null {
  const d = describeConv(x, weight, true, options)
  const operands = { x: pattern(x, 3), weight: pattern(weight, 5), bias: pattern([d.oc], 7) }
  const run = (on: TierName | Workspace, kernel?: string) => {
    const y = new Float32Array(d.yShape.reduce((size, extent) => size * extent, 1))
    new LocalLayer(d, operands.weight, operands.bias, { tier: on, kernel }).run(operands.x.data, y)
    return y
  }
  const expected = run('scalar')
  const products = 1 + (d.ic / d.groups) * d.kernel[1] * d.kernel[2]
  for (const kernel of KERNELS.filter((one) => one !== scalar && one.refuses(d, TIERS[tier].traits) === null)) {
    const y = run(workspace, kernel.name)
    const at = y.findIndex((value, i) => !(Math.abs(value - expected[i]) <= kernel.error * products))
    if (at >= 0) return `${kernel.name} gave ${y[at]} where ${expected[at]} is right`
    const twin = TIERS[tier].traits.fused && tier !== 'relaxed' ? run('relaxed', kernel.name) : y
    if (y.some((value, i) => value !== twin[i])) return `${kernel.name} differs from the relaxed tier`
  }
  return null
}

/** Numbers between -1 and 1 that are not exact in binary. */
function pattern(shape: readonly number[], step: number): Tensor<Float32Array> {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return new Tensor(
    Float32Array.from({ length: size }, (_, i) => ((i * step) % 23) / 11.5 - 0.93),
    shape,
  )
}

// Where V8 pairs, it pairs some of the relaxed code too, and 1.2 to 1.6 is measured; where it does not, 0.7.
const LEAST_GAIN = 1
const PROBE_MS = 8
const PROBE_ROUNDS = 12

/**
 * Speed of the paired tier over the relaxed one in the direct kernel, best against best. They take turns, since a busy machine
 * can hold one of them up for longer than a turn, and go on until pairing shows or has had its chances.
 */
function pairingGain(): number {
  const d = describeConv([1, 32, 16, 24], [30, 32, 3, 3], false, { padding: 1 })
  const [x, weight] = [pattern(d.xShape, 3), pattern(d.weightShape, 5)]
  const y = new Float32Array(30 * 16 * 24)
  const [relaxed, paired] = (['relaxed', 'paired'] as const).map((tier) => ({
    layer: new LocalLayer(d, weight, null, { tier, kernel: 'f32-direct' }),
    best: Number.POSITIVE_INFINITY,
  }))
  for (let round = 0; round < PROBE_ROUNDS && (round < 3 || relaxed.best < LEAST_GAIN * paired.best); round++) {
    for (const turn of [relaxed, paired]) {
      for (const until = performance.now() + PROBE_MS; performance.now() < until; ) {
        const start = performance.now()
        turn.layer.run(x.data, y)
        turn.best = Math.min(turn.best, performance.now() - start)
      }
    }
  }
  return relaxed.best / paired.best
}

/** A tier by name, or the fastest that verifies. Pairing is tried only where `pairing` says that V8 was told to. */
export type TierChoice = TierName | 'auto' | 'wasm'
export const TIER_CHOICES: readonly TierChoice[] = ['auto', 'wasm', ...(Object.keys(TIERS) as TierName[])]

export interface ChosenTier {
  readonly tier: TierName
  /** A line for each tier that was looked at, the chosen one last. */
  readonly why: readonly string[]
}

export interface TierSearch {
  /** Whether V8 was told to pair vectors: only then is pairing tried. */
  readonly pairing?: boolean
  readonly exclude?: readonly TierName[]
}

/** The fastest trusted tier that needs nothing but this JavaScript engine; the scalar one is always left. */
export function fastestTier({ pairing = false, exclude = [] }: TierSearch = {}): ChosenTier {
  const why: string[] = []
  for (const candidate of [...PORTABLE_TIERS].reverse()) {
    const { trusted, reason } = look(candidate, pairing, exclude)
    why.push(`${candidate}: ${reason}`)
    if (trusted) return { tier: candidate, why }
  }
  return { tier: 'scalar', why }
}

function look(tier: TierName, pairing: boolean, exclude: readonly TierName[]): Pick<Verdict, 'trusted' | 'reason'> {
  if (exclude.includes(tier)) return { trusted: false, reason: 'excluded by the caller' }
  if (tier === 'paired' && !pairing) {
    return { trusted: false, reason: 'V8 was not told to pair vectors (--experimental-wasm-revectorize)' }
  }
  return verify(tier)
}
