// Every test and the demo with WEFT_TIER set to one tier after the other: `run.ts [--tiers avx512,scalar] [WHAT VITEST RUNS ...]`.
// A line a tier, the names of what failed below it; exits 1 where anything did. Arguments that are no option go to vitest, and the demo is left out then.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { TIER_NAMES } from '@weft/core'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const { values: flags, positionals } = parseArgs({
  options: { tiers: { type: 'string', default: [...TIER_NAMES].reverse().join() } },
  allowPositionals: true,
})
const tiers = flags.tiers.split(',')
const unknown = tiers.filter((tier) => !(TIER_NAMES as readonly string[]).includes(tier))
if (unknown.length > 0) throw new Error(`there is no tier ${unknown.join(', ')}; there are ${TIER_NAMES.join(', ')}`)

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const folder = mkdtempSync(join(tmpdir(), 'weft-tiers-'))
try {
  console.log('tier      passed  failed  skipped  tests    demo')
  for (const tier of tiers) {
    const report = join(folder, `${tier}.json`)
    const tests = await run(tier, [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=json',
      `--outputFile=${report}`,
      ...positionals,
    ])
    const demo = positionals.length > 0 ? null : await run(tier, ['apps/batch/scripts/demo.ts'])
    if (!existsSync(report)) {
      console.log(`${tier.padEnd(10)}vitest ended with ${tests.code} and no report; run it by itself with WEFT_TIER=${tier}`)
      process.exitCode = 1
      continue
    }
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
    const counts = [String(numPassedTests).padEnd(8), String(numFailedTests).padEnd(8), String(numPendingTests).padEnd(9)].join(
      '',
    )
    const shown = demo === null ? 'not run' : `${demo.seconds.toFixed(0)} s${demo.code === 0 ? '' : ', FAILED'}`
    console.log(`${tier.padEnd(10)}${counts}${`${tests.seconds.toFixed(0)} s`.padEnd(9)}${shown}`)
    for (const { name, status, assertionResults } of testResults) {
      const failed = assertionResults.filter((one) => one.status === 'failed')
      for (const { fullName } of failed) console.log(`  - ${name.slice(ROOT.length)}: ${fullName}`)
      if (status === 'failed' && failed.length === 0) console.log(`  - ${name.slice(ROOT.length)}`)
    }
    if (tests.code !== 0 || (demo !== null && demo.code !== 0)) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Node on these files, with nothing printed. */
async function run(tier: string, args: readonly string[]): Promise<{ code: number | null; seconds: number }> {
  const start = performance.now()
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, WEFT_TIER: tier }, stdio: 'ignore' })
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  return { code, seconds: (performance.now() - start) / 1000 }
}
