// A random sweep on one core: is the kernel that is chosen ever a bad choice? Prints the problems where it is; exits with 1 where there are any.
// node --conditions=@weft/source apps/bench/scripts/sweep.ts [--seed N] [--count 300] [--tier avx512] [--json FILE]
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { costOf, select, TIERS } from '@weft/core'
import { allowPairing, chooseTier, openWorkspace } from '@weft/parallel'
import { Progress } from '../src/progress.ts'
import { bout } from '../src/sweep/bout.ts'
import { findingsOf, type Offender, type Swept } from '../src/sweep/findings.ts'
import { randomProblems } from '../src/sweep/shapes.ts'

const options = {
  seed: { type: 'string' },
  count: { type: 'string', default: '300' },
  tier: { type: 'string', default: 'auto' },
  json: { type: 'string' },
} as const
const { values } = parseArgs({ options })
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
const count = Number(values.count)

allowPairing()
const { tier } = chooseTier(values.tier as Parameters<typeof chooseTier>[0])
const { workspace, close } = openWorkspace(tier)
const progress = new Progress(process.stderr, true)
const swept: Swept[] = []
for (const [index, { text, descriptor }] of randomProblems(count, seed).entries()) {
  progress.say(`[${index + 1}/${count}] ${text}`)
  const chosen = select(descriptor, TIERS[tier].traits).kernel.name
  swept.push({ problem: text, flops: costOf(descriptor).flops, chosen, ...bout(descriptor, workspace) })
}
progress.clear()
close()
if (values.json !== undefined) {
  writeFileSync(values.json, swept.map((one) => `${JSON.stringify({ ...one, times: Object.fromEntries(one.times) })}\n`).join(''))
}

const { rates, slowerThanScalar, slowForSize, beaten } = findingsOf(swept)
console.log(`seed ${seed}, ${count} problems, tier ${tier}, one core`)
for (const [decade, rate] of rates)
  console.log(`direct kernel, 1e${decade} FLOPs and more: ${rate.toFixed(2)} GFLOP/s at the median`)
list('slower than the scalar kernel', slowerThanScalar)
list("below a third of the direct kernel's rate for problems of their size", slowForSize, floorOf)
const barred = slowForSize.filter(({ floor, limit }) => floor > limit)
console.log(`  of which memory alone takes longer than the limit: ${barred.length}`)
list('slower than another kernel', beaten)
if (slowerThanScalar.length + slowForSize.length > 0) process.exitCode = 1

function list(title: string, offenders: readonly Offender[], more?: (offender: Offender) => string): void {
  console.log(`${title}: ${offenders.length}`)
  for (const offender of offenders) {
    const { problem, chosen, times, ratio, than } = offender
    const all = [...times].map(([kernel, micros]) => `${kernel} ${micros.toPrecision(3)} us`)
    console.log(`  ${problem}  ${chosen}, ${ratio.toFixed(2)} times as long as ${than}; ${all.join(', ')}`)
    if (more !== undefined) console.log(`    ${more(offender)}`)
  }
}

/** What memory has to do with it: no kernel is faster than what it must read and write. */
function floorOf({ floor, limit }: Offender): string {
  return `the limit is ${limit.toPrecision(3)} us; to read and write its operands once takes ${floor.toPrecision(3)} us`
}
