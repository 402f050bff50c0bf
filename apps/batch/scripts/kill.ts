// Proof that nothing is lost: the command is killed at random moments and started again until it is done, many times over.
// pnpm build, then node --conditions=@weft/source apps/batch/scripts/kill.ts [--runs 200] [--items 300] [--seed N] [--output files|jsonl|npz|npy|safetensors]
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Tensor } from '@weft/core'
import { encodeImage } from '@weft/io'

const options = {
  runs: { type: 'string', default: '200' },
  items: { type: 'string', default: '300' },
  seed: { type: 'string', default: String(Date.now() % 1e9) },
  output: { type: 'string', default: 'files' },
} as const
const { values } = parseArgs({ options })
const [runs, items] = [Number(values.runs), Number(values.items)]
const main = join(import.meta.dirname, '../dist/main.js')
const folder = mkdtempSync(join(tmpdir(), 'weft-kill-'))
/** What an output folder holds when it is done, beside the results. */
const KEPT = /^(all\.\w+)?\.weft\/ledger(\.jsonl|\.items\.jsonl|\.\d+\.owner)$/
const POLL_MS = 2
const SURE_KILLS = 2

let state = Number(values.seed)
/** Chance, the same for the same seed; from 0 to 1. */
function chance(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}

try {
  console.log(`${runs} runs over ${items} items, seed ${values.seed}, output ${values.output}`)
  await makePictures()
  const whole = await once('whole', null)
  if (whole !== 0) throw new Error(`the uninterrupted run ended with exit code ${whole}`)
  const expected = contents('whole')
  let kills = 0
  for (let run = 0; run < runs; run++) {
    kills += await untilDone(`run${run}`)
    compare(expected, `run${run}`)
    rmSync(join(folder, `run${run}`), { recursive: true })
    if (run % 10 === 9) console.log(`${run + 1} runs, ${kills} kills, all the same`)
  }
  console.log(`${runs} runs, ${kills} kills: outputs byte-identical, nothing lost, nothing doubled, nothing left over`)
} catch (error) {
  console.error(`kill: ${error instanceof Error ? error.message : error}; seed ${values.seed}, see ${folder}`)
  process.exitCode = 1
} finally {
  if (process.exitCode !== 1) rmSync(folder, { recursive: true })
}

async function makePictures(): Promise<void> {
  mkdirSync(join(folder, 'in'))
  for (let index = 0; index < items; index++) {
    const [height, width] = [20 + Math.floor(chance() * 60), 20 + Math.floor(chance() * 60)]
    const picture = new Tensor(Float32Array.from({ length: 3 * height * width }, chance), [3, height, width])
    writeFileSync(join(folder, 'in', `${index}.png`), await encodeImage(picture, 'png'))
  }
}

/** So many lines after a start, and then so many milliseconds later. */
interface Moment {
  readonly lines: number
  readonly ms: number
}

/** One start of the command, killed at a moment; its exit code, null when it was killed. */
async function once(out: string, moment: Moment | null): Promise<number | null> {
  const target = values.output === 'files' ? out : join(out, `all.${values.output}`)
  const args = ['conv', join(folder, 'in'), '-o', join(folder, target), '--kernel', 'sobel']
  const plain = ['--tier', 'simd128', '--threads', '2', '-q']
  const child = spawn(process.execPath, [main, ...args, ...plain], {
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'weft-compile-cache') },
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  if (moment !== null) {
    let isOver = false
    void ended.then(() => {
      isOver = true
    })
    const before = lines(target)
    while (!isOver && lines(target) - before < moment.lines) await wait(POLL_MS)
    await Promise.race([wait(moment.ms), ended])
    child.kill('SIGKILL')
  }
  return await ended
}

/** Whole lines of a ledger. */
function lines(target: string): number {
  const state = join(folder, values.output === 'files' ? join(target, '.weft') : `${target}.weft`)
  try {
    return readFileSync(join(state, 'ledger.jsonl'), 'latin1').split('\n').length - 1
  } catch {
    return 0
  }
}

/** Started until it is done, killed twice at the least, and in its last moments too. The number of kills. */
async function untilDone(out: string): Promise<number> {
  const more = Math.floor(chance() * 2)
  for (let kills = 0; ; ) {
    const code = await once(out, momentOf(kills, more))
    if (code === 0) return kills
    if (code !== null) throw new Error(`${out} ended with exit code ${code} after ${kills} kills`)
    kills++
  }
}

/** The first two while there is much to do, one of them maybe before anything is done; another at any time, after the last item too. */
function momentOf(kills: number, more: number): Moment | null {
  if (kills > SURE_KILLS) return null
  if (kills === SURE_KILLS) return more === 0 ? null : { lines: Math.floor((chance() * items) / 2), ms: chance() * 60 }
  if (chance() < 0.2) return { lines: 0, ms: chance() * 400 }
  return { lines: 1 + Math.floor((chance() * items) / 3), ms: chance() * 20 }
}

/** Every file below an output folder. */
function contents(out: string): Map<string, Buffer> {
  const root = join(folder, out)
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    entries.map((entry) => join(entry.parentPath, entry.name)).map((path) => [path.slice(root.length + 1), readFileSync(path)]),
  )
}

/** @throws when the results differ in a byte, something else lies there, or the ledger holds an item twice or not at all. */
function compare(expected: Map<string, Buffer>, out: string): void {
  const found = contents(out)
  for (const [path, bytes] of expected)
    if (!KEPT.test(path) && !found.get(path)?.equals(bytes)) throw new Error(`${out}/${path} differs`)
  for (const path of found.keys()) if (!expected.has(path) && !KEPT.test(path)) throw new Error(`${out}/${path} is left over`)
  const [ledger] = [...found].filter(([path]) => path.endsWith('ledger.jsonl')).map(([, bytes]) => bytes)
  const records = String(ledger)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const done = records.filter(({ type, state: end }) => type === 'item' && end === 'done').map(({ id }) => id)
  if (done.length !== items || new Set(done).size !== items) throw new Error(`${out}: ${done.length} lines for ${items} items`)
}
