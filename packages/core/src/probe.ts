// Whether a tier may be trusted on this machine: it must exist, give the right answers, and be as fast as it claims.
import { describeConv } from './conv/descriptor.ts'
import { PORTABLE_TIERS, TIERS, type TierName } from './isa/tiers.ts'
import { answerOf, checksum, KNOWN, type KnownAnswer, magnitudeOf, pattern, triedOn } from './known-answers.ts'
import { LocalLayer, type Workspace } from './local.ts'

export interface Verdict {
  readonly tier: TierName
  readonly trusted: boolean
  /** In a sentence, for a person. */
  readonly reason: string
}

const verdicts = new Map<TierName, Verdict>()

/** Tries a tier once a process; one of machine code on a workspace that can run it. Synchronous; about 150 ms for machine code. */
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
  if (TIERS[tier].traits.matrix) return verdict(true, 'known answers verified, bits equal to relaxed but for the matrix unit')
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

function disagreement(known: KnownAnswer, tier: TierName, workspace: TierName | Workspace): string | null {
  const d = describeConv(known.x, known.weight, true, known.options)
  const run = (on: TierName | Workspace, kernel?: string) => answerOf(d, on, kernel)
  const { traits } = TIERS[tier]
  let expected: Float32Array | undefined
  for (const kernel of triedOn(known, d, traits)) {
    const y = run(workspace, kernel.name)
    // The very bits that were compared with plain loops when they were written down: nothing is left to compare.
    if (traits.fused && checksum(y) === known.bits[kernel.name]) continue
    expected ??= run('scalar')
    const right = expected
    const hasTwin = kernel.refuses(d, TIERS.relaxed.traits) === null
    // Where no bits are compared below, as near as may be: what is left of numbers after their leading bits must not be missing.
    const scale = hasTwin ? 1 + (d.ic / d.groups) * d.kernel[1] * d.kernel[2] : magnitudeOf(known)
    const at = y.findIndex((value, i) => !(Math.abs(value - right[i]) <= kernel.error * scale))
    if (at >= 0) return `${kernel.name} gave ${y[at]} where ${right[at]} is right`
    const twin = traits.fused && tier !== 'relaxed' && hasTwin ? run('relaxed', kernel.name) : y
    if (y.some((value, i) => value !== twin[i])) return `${kernel.name} differs from the relaxed tier`
  }
  return null
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
