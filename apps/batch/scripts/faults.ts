// Proof that faults of the system lose nothing: reads and writes that fail, a full disk, worker threads that end, each many times.
// pnpm build, then node --conditions=@weft/source apps/batch/scripts/faults.ts [--times 20] [--items 60] [--seed N] [--only full|read|write|worker]
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Tensor } from '@weft/core'
import { encodeImage } from '@weft/io'

const options = {
  times: { type: 'string', default: '20' },
  items: { type: 'string', default: '60' },
  seed: { type: 'string', default: String(Date.now() % 1e9) },
  only: { type: 'string' },
} as const
const { values } = parseArgs({ options })
const [times, items, seed] = [values.times, values.items, values.seed].map(Number)
const folder = mkdtempSync(join(tmpdir(), 'weft-faults-'))
const main = join(import.meta.dirname, '../dist/main.js')

/** A fault of the n-th time. */
const FAULTS: Readonly<Record<string, (time: number) => string>> = {
  full: (time) => `full:${5_000 + ((time * 7919) % 300_000)}`,
  read: (time) => `read:40:${seed + time}`,
  write: (time) => `write:30:${seed + time}`,
  worker: (time) => `worker:500:${seed + time}`,
}
/** Another start may do the rest; a worker that died at the very start is fatal, and so may be a ledger that cannot be read. */
const ENDS = [0, 5, 7]

try {
  mkdirSync(join(folder, 'in'))
  for (let index = 0; index < items; index++) {
    const picture = new Tensor(
      Float32Array.from({ length: 3 * 40 * 40 }, (_, at) => ((at * (index + 7)) % 256) / 255),
      [3, 40, 40],
    )
    writeFileSync(join(folder, 'in', `${index}.png`), await encodeImage(picture, 'png'))
  }
  if (run('whole', '') !== 0) throw new Error('the run without faults failed')
  const expected = contents('whole')
  for (const [kind, faultOf] of Object.entries(FAULTS)) {
    if (values.only !== undefined && values.only !== kind) continue
    const ends: number[] = []
    for (let time = 0; time < times; time++) {
      rmSync(join(folder, 'out'), { recursive: true, force: true })
      ends.push(run('out', faultOf(time)))
      if (!ENDS.includes(ends[time])) throw new Error(`${faultOf(time)} ended with exit code ${ends[time]}`)
      expectPartOf(expected, contents('out'), faultOf(time))
      const end = run('out', '')
      if (end !== 0) throw new Error(`started again after ${faultOf(time)} it ended with exit code ${end}`)
      if (contents('out').size !== expected.size) throw new Error(`after ${faultOf(time)} results are missing or left over`)
      expectPartOf(expected, contents('out'), faultOf(time))
    }
    const count = (code: number): number => ends.filter((end) => end === code).length
    console.log(
      `${kind}: ${times} times, ${count(0)} ended with 0, ${count(5)} with 5, ${count(7)} with 7; all were done when started again`,
    )
  }
} catch (error) {
  console.error(`faults: ${error instanceof Error ? error.message : error}; seed ${seed}, see ${folder}`)
  process.exitCode = 1
} finally {
  if (process.exitCode !== 1) rmSync(folder, { recursive: true })
}

/** The exit code of the command with a fault; -1 when it hangs. */
function run(out: string, fault: string): number {
  const args = [
    'conv',
    join(folder, 'in'),
    '-o',
    join(folder, out),
    '--kernel',
    'blur',
    '--tier',
    'simd128',
    '--threads',
    '2',
    '-q',
  ]
  const preload = fault === '' ? [] : [`--import=${join(import.meta.dirname, 'fault.ts')}`]
  const { status } = spawnSync(process.execPath, [...preload, main, ...args], {
    env: { ...process.env, WEFT_FAULT: fault },
    stdio: 'ignore',
    timeout: 60_000,
  })
  return status ?? -1
}

/** What an output folder holds beside its ledger. */
function contents(out: string): Map<string, Buffer> {
  const names = readdirSync(join(folder, out)).filter((name) => name !== '.weft')
  return new Map(names.map((name) => [name, readFileSync(join(folder, out, name))]))
}

/** @throws when there is anything that is not, byte for byte, a result */
function expectPartOf(expected: Map<string, Buffer>, found: Map<string, Buffer>, fault: string): void {
  for (const [name, bytes] of found)
    if (!expected.get(name)?.equals(bytes)) throw new Error(`after ${fault} ${name} is torn or left over`)
}
