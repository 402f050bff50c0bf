// Proof that memory stays flat: `weft conv` over many photos of all sizes, its resident memory sampled while it runs.
// node --conditions=@weft/source apps/batch/scripts/memory.ts [--items 1000] [--threads N] [--kernel sobel] [--sizes 1000]
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type FloatTensor, Tensor } from '@weft/core'
import { encodeImage, readImage } from '@weft/io'

const options = {
  items: { type: 'string', default: '1000' },
  threads: { type: 'string' },
  kernel: { type: 'string', default: 'sobel' },
  sizes: { type: 'string' },
} as const
const { values } = parseArgs({ options })
const items = Number(values.items)
const sizes = Number(values.sizes ?? items)
const EARLY = 50
const SAMPLE_MS = 20

const folder = mkdtempSync(join(tmpdir(), 'weft-memory-'))
try {
  await makePhotos(join(folder, 'in'))
  await measure()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Copies of the real photographs, each made smaller to its own width, large and small mixed, and encoded anew. */
async function makePhotos(to: string): Promise<void> {
  mkdirSync(to)
  const photos = join(import.meta.dirname, '../photos')
  const names = readdirSync(photos).filter((name) => name.endsWith('.jpg'))
  const originals = await Promise.all(names.map((name) => readImage(join(photos, name))))
  for (let index = 0; index < items; index++) {
    const smaller = shrink(originals[index % originals.length], 120 + Math.round((280 * ((index * 617) % sizes)) / sizes))
    writeFileSync(join(to, `${String(index).padStart(6, '0')}.jpg`), await encodeImage(smaller, 'jpeg', { quality: 85 }))
  }
}

/** To a width, by the nearest pixel. */
function shrink(photo: FloatTensor, width: number): FloatTensor {
  const [channels, fromHeight, fromWidth] = photo.shape
  const height = Math.max(1, Math.round((fromHeight * width) / fromWidth))
  const data = new Float32Array(channels * height * width)
  for (let at = 0; at < data.length; at++) {
    const [x, y, channel] = [at % width, Math.floor(at / width) % height, Math.floor(at / width / height)]
    const row = channel * fromHeight + Math.floor((y * fromHeight) / height)
    data[at] = photo.data[row * fromWidth + Math.floor((x * fromWidth) / width)]
  }
  return new Tensor(data, [channels, height, width])
}

async function measure(): Promise<void> {
  const main = join(import.meta.dirname, '../src/main.ts')
  const flags = ['conv', join(folder, 'in'), '-o', join(folder, 'out'), '--kernel', values.kernel, '--json']
  const threads = values.threads === undefined ? [] : ['--threads', values.threads]
  const child = spawn(process.execPath, ['--conditions=@weft/source', main, ...flags, ...threads], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [samples, marks]: [number[], number[]] = [[], []]
  const timer = setInterval(() => samples.push(resident(child.pid)), SAMPLE_MS)
  let summary: Record<string, unknown> = {}
  for await (const line of createInterface({ input: child.stdout })) {
    const record = JSON.parse(line)
    if (record.type === 'summary') summary = record
    else marks.push(resident(child.pid))
  }
  clearInterval(timer)
  console.log(
    `${summary.done} of ${summary.items} items, ${summary.itemsPerSecond} items/s, ${summary.threads} threads, tier ${summary.tier}`,
  )
  const at = (count: number): string =>
    `${String(count).padStart(6)} items: ${megabytes(marks[Math.min(count, marks.length) - 1])}`
  for (const count of [EARLY, items / 4, items / 2, (3 * items) / 4, items].map(Math.round)) console.log(at(count))
  console.log(`       peak: ${megabytes(Math.max(...samples, ...marks))}`)
}

/** Bytes of resident memory; 0 once the process is gone. */
function resident(pid: number | undefined): number {
  try {
    const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kib ?? 0) * 1024
  } catch {
    return 0
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB resident`
}
