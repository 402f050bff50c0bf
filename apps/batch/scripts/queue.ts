// Proof that a queue loses nothing: workers on one Redis, each killed at random every few seconds, job after job until the time is up.
// pnpm build, then node --conditions=@weft/source apps/batch/scripts/queue.ts [--seconds 60] [--workers 3] [--items 300] [--chunk 25] [--seed N] [--output files|jsonl|npz|npy|safetensors]
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Tensor } from '@weft/core'
import { encodeImage } from '@weft/io'
import { connect, disconnect, QUEUE, queueAddress } from '../src/queue/connection.ts'
import { queueStatus, queueStatusText } from '../src/queue/status.ts'
import { HAS_REDIS, RedisServer } from './redis-server.ts'

const options = {
  seconds: { type: 'string', default: '60' },
  workers: { type: 'string', default: '3' },
  items: { type: 'string', default: '300' },
  chunk: { type: 'string', default: '25' },
  seed: { type: 'string', default: String(Date.now() % 1e9) },
  output: { type: 'string', default: 'files' },
} as const
const { values } = parseArgs({ options })
const [seconds, workers, items] = [values.seconds, values.workers, values.items].map(Number)
const main = join(import.meta.dirname, '../dist/main.js')
const folder = mkdtempSync(join(tmpdir(), 'weft-queue-'))
/** A worker that was killed is known to be dead after so long. */
const LOCK_S = 2
/** A worker is killed so long after it has begun to take chunks. */
const LIFE_MS = [300, 5_000] as const
/** No job may take longer, whatever is killed. */
const PATIENCE_MS = 120_000
/** What the ledgers need, in the folder of state. */
const KEPT = /^(all\.\w+)?\.weft\//

let state = Number(values.seed)
/** Chance, the same for the same seed; from 0 to 1. */
function chance(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}

if (!HAS_REDIS) throw new Error('there is no redis-server on the PATH; install the Debian package redis-server')
const redis = await RedisServer.start()
const address = queueAddress(redis.url)
let killing = true
let kills = 0
let alive: ChildProcess[] = []

try {
  console.log(`${workers} workers, ${seconds} s, jobs of ${items} items, seed ${values.seed}, output ${values.output}`)
  await makePictures()
  await command(job('whole'))
  const expected = contents('whole')
  const begun = performance.now()
  const lanes = Promise.all(Array.from({ length: workers }, lane))
  lanes.catch(() => {})
  let [jobs, again] = [0, 0]
  while (performance.now() - begun < seconds * 1000) {
    const out = `job${jobs++}`
    await command(['submit', ...job(out), '--queue', redis.url, '--folder', folder, '--chunk', values.chunk])
    again += await Promise.race([untilDone(jobs), lanes.then(() => 0)])
    compare(expected, out)
    await command(['merge', target(out)])
    rmSync(join(folder, out), { recursive: true })
    console.log(`${jobs} jobs, ${Math.round((performance.now() - begun) / 1000)} s, ${kills} kills, all the same`)
  }
  killing = false
  await lanes
  console.log(`${jobs} jobs, ${kills} kills, ${again} chunks taken up again: outputs byte-identical, every item done once`)
} catch (error) {
  killing = false
  for (const one of alive) one.kill('SIGKILL')
  console.error(`queue: ${error instanceof Error ? error.message : error}; seed ${values.seed}, see ${folder}`)
  process.exitCode = 1
} finally {
  await redis.remove()
  if (process.exitCode !== 1) rmSync(folder, { recursive: true })
}

async function makePictures(): Promise<void> {
  mkdirSync(join(folder, 'in'))
  for (let index = 0; index < items; index++) {
    const [height, width] = [100 + Math.floor(chance() * 300), 100 + Math.floor(chance() * 300)]
    const picture = new Tensor(Float32Array.from({ length: 3 * height * width }, chance), [3, height, width])
    writeFileSync(join(folder, 'in', `${index}.png`), await encodeImage(picture, 'png'))
  }
}

function target(out: string): string {
  return join(folder, values.output === 'files' ? out : join(out, `all.${values.output}`))
}

function job(out: string): string[] {
  return ['conv', join(folder, 'in'), '-o', target(out), '--kernel', 'sobel', '--tier', 'simd128']
}

function lifeMs(): number {
  return LIFE_MS[0] + chance() * (LIFE_MS[1] - LIFE_MS[0])
}

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
  })
  child.stderr.resume()
  return child
}

async function command(args: readonly string[]): Promise<void> {
  const child = start(args)
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`weft ${args.join(' ')} ended with exit code ${code}`)
}

/** One worker after another, each killed after a while; now and then one is told to end, or sleeps and is taken for dead. */
async function lane(): Promise<void> {
  for (let lives = 0; killing; lives++) {
    const child = start(['worker', '--queue', redis.url, '--folder', folder, '--threads', '1', '--lock', String(LOCK_S)])
    const ended = new Promise((resolve) => child.on('close', resolve))
    alive.push(child)
    // Its first word is that it waits for chunks.
    await Promise.race([new Promise((resolve) => child.stderr?.once('data', resolve)), ended])
    await Promise.race([wait(lifeMs()), ended])
    if (killing && lives % 4 === 3) {
      child.kill('SIGSTOP')
      await wait(3_000 * LOCK_S)
      child.kill('SIGCONT')
      await Promise.race([wait(lifeMs()), ended])
    }
    const asked = !killing || lives % 4 === 1
    if (child.kill(asked ? 'SIGTERM' : 'SIGKILL') && !asked) kills++
    const code = await ended
    alive = alive.filter((one) => one !== child)
    if (asked && code !== 0) throw new Error(`a worker that was told to end did so with exit code ${code}`)
  }
}

/** Waits for the job of this number, and tells how many chunks were taken up from workers that were killed. */
async function untilDone(jobs: number): Promise<number> {
  const begun = performance.now()
  for (;;) {
    const status = await queueStatus(address)
    const { jobs: all, failed, failures } = status
    if (failed > 0) throw new Error(`failed: ${JSON.stringify(failures)}`)
    if (all.length === jobs && all.every(({ state: end }) => end === 'completed')) return await stalls(all[0].run)
    if (performance.now() - begun > PATIENCE_MS)
      throw new Error(`job ${jobs} is not done after ${PATIENCE_MS / 1000} s: ${queueStatusText(status)}`)
    await wait(200)
  }
}

async function stalls(run: string): Promise<number> {
  const { Queue } = await import('bullmq')
  const connection = await connect(address)
  const queue = new Queue(QUEUE, { connection })
  const chunks = (await queue.getJobs(['completed'])).filter(({ id }) => id?.startsWith(`${run}-`))
  await queue.close()
  await disconnect(connection)
  return chunks.reduce((sum, { stalledCounter }) => sum + stalledCounter, 0)
}

/** Every file below an output folder. */
function contents(out: string): Map<string, Buffer> {
  const root = join(folder, out)
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.map((path) => [path.slice(root.length + 1), readFileSync(path)]))
}

/** @throws when the results differ in a byte, something else lies there, or the ledgers hold an item twice or not at all */
function compare(expected: Map<string, Buffer>, out: string): void {
  const found = contents(out)
  for (const [path, bytes] of expected)
    if (!KEPT.test(path) && !found.get(path)?.equals(bytes)) throw new Error(`${out}/${path} differs`)
  for (const path of found.keys()) if (!expected.has(path) && !KEPT.test(path)) throw new Error(`${out}/${path} is left over`)
  const ledgers = [...found].filter(([path]) => /\.weft\/ledger-\d+-of-\d+\.jsonl$/.test(path)).map(([, bytes]) => String(bytes))
  const lines = ledgers.flatMap((text) => text.split('\n').filter((line) => line !== '')).map((line) => JSON.parse(line))
  const done = lines.filter(({ type, state: end }) => type === 'item' && end === 'done').map(({ id }) => id)
  if (done.length !== items || new Set(done).size !== items) throw new Error(`${out}: ${done.length} lines for ${items} items`)
}
