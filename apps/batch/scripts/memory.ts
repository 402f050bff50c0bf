// Proof that memory stays flat: `weft conv` and `weft run` over many photos, small ones by the ten thousand or large ones by the hundred.
// Fails where the peak is more than 1.3 times that of the first twentieth.
// node --conditions=@weft/source apps/batch/scripts/memory.ts [--command conv|run] [--photos small|large|mixed] [--items N] [--threads N]
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type FloatTensor, Tensor } from '@weft/core'
import { encodeImage, readImage } from '@weft/io'

/** Widths from and to, and how many photos unless told. */
const PHOTOS: Readonly<Record<string, readonly [from: number, to: number, items: number]>> = {
  small: [48, 128, 20_000],
  large: [2400, 3200, 200],
  mixed: [120, 400, 1000],
}
const options = {
  command: { type: 'string', default: 'conv' },
  photos: { type: 'string', default: 'mixed' },
  items: { type: 'string' },
  threads: { type: 'string' },
} as const
const { values } = parseArgs({ options })
const [from, to, usual] = PHOTOS[values.photos]
const items = Number(values.items ?? usual)
/** Photos of their own; the rest are copies of these. */
const DISTINCT = values.photos === 'large' ? 14 : 210
const [EARLY, ALLOWED] = [0.05, 1.3]
const SAMPLE_MS = 20
/** Items between looks at small ones. */
const SOME = 10
const LENET = join(import.meta.dirname, '../digits/lenet.onnx')
const WORK: Readonly<Record<string, readonly string[]>> = {
  conv: ['conv', '--kernel', 'sobel', '--format', 'jpg'],
  run: ['run', LENET, '--format', 'json'],
}

const folder = mkdtempSync(join(tmpdir(), 'weft-memory-'))
try {
  await makePhotos(join(folder, 'in'))
  await measure()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Copies of the real photographs, each brought to its own width, narrow and wide mixed, and encoded anew. */
async function makePhotos(folderOfAll: string): Promise<void> {
  mkdirSync(folderOfAll)
  const photos = join(import.meta.dirname, '../photos')
  const names = readdirSync(photos).filter((name) => name.endsWith('.jpg'))
  const originals = await Promise.all(names.map((name) => readImage(join(photos, name))))
  const pathOf = (index: number): string => join(folderOfAll, `${String(index).padStart(6, '0')}.jpg`)
  for (let index = 0; index < items; index++) {
    if (index >= DISTINCT) {
      copyFileSync(pathOf(index % DISTINCT), pathOf(index))
      continue
    }
    const width = from + Math.round(((to - from) * ((index * 617) % DISTINCT)) / DISTINCT)
    const photo = ofWidth(originals[index % originals.length], width)
    writeFileSync(pathOf(index), await encodeImage(photo, 'jpeg', { quality: 85 }))
  }
}

/** By the nearest pixel. */
function ofWidth(photo: FloatTensor, width: number): FloatTensor {
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
  const threads = values.threads === undefined ? [] : ['--threads', values.threads]
  const flags = [...WORK[values.command], ...threads, '-o', join(folder, 'out'), '--json', '--', join(folder, 'in')]
  const child = spawn(process.execPath, ['--conditions=@weft/source', main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  let peak = 0
  /** The peak so far at each item. */
  const peaks: number[] = []
  const timer = setInterval(() => look(), SAMPLE_MS)
  const look = (): void => {
    peak = Math.max(peak, resident(child.pid))
  }
  let summary: Record<string, unknown> = {}
  for await (const line of createInterface({ input: child.stdout })) {
    const record = JSON.parse(line)
    if (record.type === 'summary') summary = record
    else {
      if (peaks.length % SOME === 0) look()
      peaks.push(peak)
    }
  }
  clearInterval(timer)
  const { done, itemsPerSecond, threads: used, tier } = summary
  console.log(
    `weft ${values.command}, ${values.photos}: ${done} of ${items} items, ${itemsPerSecond} items/s, ${used} threads, tier ${tier}`,
  )
  for (const share of [EARLY, 0.25, 0.5, 0.75, 1]) {
    const count = Math.max(1, Math.round(share * items))
    console.log(`${String(count).padStart(6)} items: peak ${megabytes(peaks[Math.min(count, peaks.length) - 1])}`)
  }
  const growth = peak / peaks[Math.max(1, Math.round(EARLY * items)) - 1]
  console.log(`the peak is ${growth.toFixed(2)} times that of the first twentieth; ${ALLOWED} are allowed`)
  if (done !== items || growth > ALLOWED) process.exitCode = 1
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
