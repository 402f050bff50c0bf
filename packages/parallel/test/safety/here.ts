// What this machine has, found out without the code that is tested.
import { readFileSync } from 'node:fs'
import type { TierName } from '@weft/core'

const platform = `${process.platform} ${process.arch}`
const AVX2 = ['avx2', 'fma']
const AVX512 = [...AVX2, 'avx512f', 'avx512dq', 'avx512bw', 'avx512vl']
const NEEDS = { avx2: AVX2, avx512: AVX512, amx: [...AVX512, 'amx_tile', 'amx_bf16'] } as const

/** The tiers of machine code that the processor has, slowest first. */
export const NATIVE_TIERS: readonly TierName[] = platform === 'linux x64' ? tiersOf(flags()) : []

/** Empty where there is machine code to test; elsewhere what to put behind the name of a group of tests. */
export const ELSEWHERE = elsewhere()

function elsewhere(): string {
  if (platform !== 'linux x64') return ` (skipped: it is machine code for linux x64, and this is ${platform})`
  return NATIVE_TIERS.length === 0 ? ' (skipped: this processor has no AVX2 with FMA)' : ''
}

function tiersOf(has: ReadonlySet<string>): TierName[] {
  return (['avx2', 'avx512', 'amx'] as const).filter((tier) => NEEDS[tier].every((flag) => has.has(flag)))
}

/** As the kernel gives them, which leaves out what it does not save. */
function flags(): ReadonlySet<string> {
  const line = readFileSync('/proc/cpuinfo', 'utf8').match(/^flags\s*:(.*)$/m)
  return new Set(line?.[1].trim().split(/\s+/))
}
