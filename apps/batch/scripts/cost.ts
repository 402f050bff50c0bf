// What the ledger and durability cost: 224 x 224 pictures through SqueezeNet, as it is, without flushing, and without all of it, in turns.
// node --conditions=@weft/source apps/batch/scripts/cost.ts [--items 200] [--rounds 7] [--threads N] [--output jsonl|files]
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { decodeImage, encodeImage, type Frame } from '@weft/io'
import { squeezenet } from './squeezenet.ts'

const options = {
  items: { type: 'string', default: '200' },
  rounds: { type: 'string', default: '7' },
  threads: { type: 'string' },
  output: { type: 'string', default: 'jsonl' },
} as const
const { values } = parseArgs({ options })
const [items, rounds] = [Number(values.items), Number(values.rounds)]
const SIDE = 224
const MODES = ['whole', 'unflushed', 'bare'] as const
type Mode = (typeof MODES)[number]

/** All modes must compute with the same one. */
let tier: string | undefined

const folder = mkdtempSync(join(tmpdir(), 'weft-cost-'))
try {
  writeFileSync(join(folder, 'squeezenet.onnx'), squeezenet())
  await makePictures(join(folder, 'in'))
  const seconds: Record<Mode, number[]> = { whole: [], unflushed: [], bare: [] }
  for (const mode of MODES) secondsOf(mode)
  for (let round = 0; round < rounds; round++) for (const mode of MODES) seconds[mode].push(secondsOf(mode))
  for (const mode of MODES) {
    const middle = median(seconds[mode])
    console.log(`${mode.padEnd(10)} ${middle.toFixed(3)} s, ${(items / middle).toFixed(1)} items/s`)
  }
  const over = (a: Mode, b: Mode): string =>
    `${(100 * (median(seconds[a].map((value, round) => value / seconds[b][round])) - 1)).toFixed(1)} %`
  console.log(`ledger and durability cost ${over('whole', 'bare')}, of which without flushing ${over('unflushed', 'bare')}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Photographs, each cut from another place. */
async function makePictures(to: string): Promise<void> {
  mkdirSync(to)
  const photos = join(import.meta.dirname, '../photos')
  const names = readdirSync(photos).filter((name) => name.endsWith('.jpg'))
  const bytes = names.map((name) => readFileSync(join(photos, name)))
  for (let index = 0; index < items; index++) {
    const frame = (width: number, height: number): Frame => {
      const [left, top] = [-((index * 37) % Math.max(1, width - SIDE)), -((index * 53) % Math.max(1, height - SIDE))]
      return { width: SIDE, height: SIDE, pictureWidth: width, pictureHeight: height, left, top, fill: 0 }
    }
    const picture = await decodeImage(bytes[index % bytes.length], { frame })
    writeFileSync(join(to, `${index}.jpg`), await encodeImage(picture, 'jpeg', { quality: 90 }))
  }
}

/** Of the items alone, as the command tells it: the start of the process is the same in all modes. */
function secondsOf(mode: Mode): number {
  const out = join(folder, 'out')
  rmSync(out, { recursive: true, force: true })
  const args = ['run', join(folder, 'squeezenet.onnx'), join(folder, 'in'), '--top', '5', '--json']
  const output = ['-o', values.output === 'files' ? out : join(out, 'all.jsonl')]
  const format = values.output === 'files' ? ['--format', 'json'] : []
  const threads = values.threads === undefined ? [] : ['--threads', values.threads]
  const preload = [`--import=${join(import.meta.dirname, 'cheap.ts')}`]
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--conditions=@weft/source',
      ...preload,
      join(import.meta.dirname, '../src/main.ts'),
      ...args,
      ...output,
      ...format,
      ...threads,
    ],
    { env: { ...process.env, WEFT_CHEAP: mode }, encoding: 'utf8', maxBuffer: 2 ** 28 },
  )
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}')
  if (summary.done !== items) throw new Error(`${mode}: ${summary.done} of ${items} items were done\n${stderr}`)
  tier ??= summary.tier
  if (summary.tier !== tier) throw new Error(`${mode} took tier ${summary.tier}, others took ${tier}`)
  return summary.seconds
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]
}
