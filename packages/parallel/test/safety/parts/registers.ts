// Registers: what a kernel must give back, and the floating-point state that JavaScript keeps.
import type { TierName } from '@weft/core'
import { runChild } from '../spawn.ts'
import { failuresOf, type Outcome, unloaded } from './part.ts'

const FLUSH = 0x8040
/** The control bits; the others say what has happened. */
const CONTROL = 0xffc0

export async function registers(tier: TierName, seed: number, cases: number): Promise<Outcome> {
  const again = `registers --tiers ${tier} --seed ${seed} --descriptors ${cases}`
  const ended = await runChild('registers', { tier, seed, count: cases }, { seconds: 1800 })
  const nothing = unloaded(ended)
  if (nothing !== null) return nothing
  const failures = failuresOf(ended, again)
  const noticed = (ended.lines.find((line) => line.noticed !== undefined)?.noticed ?? {}) as Record<string, string | null>
  for (const [culprit, said] of Object.entries(noticed)) {
    if ((culprit === 'nothing') !== (said === null)) failures.push(`of a piece that breaks ${culprit} the test says ${said}`)
  }
  const { calls = 0, functions = [] } = (ended.lines.at(-1) ?? {}) as { calls?: number; functions?: string[] }
  return { summary: `${tier}: ${calls} calls of ${functions.length} functions, seed ${seed}`, failures }
}

interface State {
  readonly csr: number
  readonly live: boolean
}

export async function mxcsr(tier: TierName): Promise<Outcome> {
  const ended = await runChild('mxcsr', { tier })
  const nothing = unloaded(ended)
  if (nothing !== null) return nothing
  const failures = failuresOf(ended, `registers --tiers ${tier}`)
  if (failures.length > 0) return { summary: '', failures }
  const { before, run, within, refused, after } = ended.lines.at(-1) as unknown as {
    before: State
    run: State & { zeros: boolean }
    after: State
    within: number
    refused: string
  }
  const expected: [boolean, string][] = [
    [before.live, 'JavaScript has no subnormal numbers to begin with'],
    [run.zeros, 'a kernel does not flush subnormal data to zero'],
    [run.csr === before.csr, `after a run MXCSR is ${run.csr}, and was ${before.csr}`],
    [run.live && after.live, 'after a run JavaScript has no subnormal numbers'],
    [(within & FLUSH) === FLUSH, `within a call MXCSR is ${within}, which does not flush`],
    [
      (within & CONTROL & ~FLUSH) === (before.csr & CONTROL & ~FLUSH),
      `within a call MXCSR is ${within}, and ${before.csr} outside`,
    ],
    [/^TypeError: /.test(refused), `a call with a wrong argument gives ${refused || 'no error'}`],
    [after.csr === before.csr, `after a refused call MXCSR is ${after.csr}, and was ${before.csr}`],
  ]
  failures.push(...expected.filter(([right]) => !right).map(([, text]) => `${tier}: ${text}`))
  return { summary: `${tier}: MXCSR 0x${before.csr.toString(16)}, within a call 0x${within.toString(16)}`, failures }
}
