// What the tests of this app share: the command as a process, folders of their own, pictures, and plain reference loops.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type FloatTensor, Tensor } from '@weft/core'
import { encodeImage, type ImageFormat } from '@weft/io'
import { afterAll } from 'vitest'

/** As it is built, which `pnpm test` begins with: from its sources each start takes three times as long. */
const MAIN = resolve(import.meta.dirname, '../dist/main.js')
export const PHOTOS = resolve(import.meta.dirname, '../photos')

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A hundred processes load the same files: compiled once, kept by their content. */
const NODE_COMPILE_CACHE = join(tmpdir(), 'weft-compile-cache')

/** Where it does not matter how it is computed, only what comes of it: no tier is looked for, no second thread started. */
export const PLAIN = ['--tier', 'simd128', '--threads', '1']

/** Starts the command. */
export function start(
  args: readonly string[],
  cwd?: string,
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...process.env, NODE_COMPILE_CACHE, ...env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolveEnd) => {
    child.on('close', (code, signal) => resolveEnd({ code, signal, stdout, stderr }))
  })
  return { child, ended }
}

/** Runs the command to its end. */
export function weft(args: readonly string[], cwd?: string, env?: NodeJS.ProcessEnv): Promise<Ended> {
  return start(args, cwd, env).ended
}

/** Standard output as JSON lines; throws where a line is none. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** A folder for the files of one test file, removed at its end. Names may have folders in them, which are made. */
export function temporaryFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'weft-batch-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    return path
  }
}

/** Every file below a folder, hidden ones too but for what the ledger needs, sorted. */
export function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  return paths.filter((path) => !/(^|\/)ledger(\.\d+\.owner|(\.items)?\.jsonl)$/.test(path)).sort()
}

/** Whole 255ths, so that an 8-bit picture holds them exactly; the same for the same seed. */
export function randomPicture(channels: number, height: number, width: number, seed = 1): FloatTensor {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 24) / 255
  }
  return new Tensor(Float32Array.from({ length: channels * height * width }, next), [channels, height, width])
}

export async function writePicture(path: string, picture: FloatTensor, format: ImageFormat = 'png'): Promise<void> {
  writeFileSync(path, await encodeImage(picture, format))
}

/** y[i][j] = sum of taps[a][b] x[i + a - top][j + b - left], the border repeated outwards. In doubles. */
export function filterPlane(
  plane: Float32Array,
  height: number,
  width: number,
  taps: number[][],
  top: number,
  left: number,
): Float64Array {
  const clamp = (index: number, extent: number): number => Math.min(Math.max(index, 0), extent - 1)
  const y = new Float64Array(height * width)
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      for (const [a, row] of taps.entries()) {
        for (const [b, tap] of row.entries()) {
          y[i * width + j] += tap * plane[clamp(i + a - top, height) * width + clamp(j + b - left, width)]
        }
      }
    }
  }
  return y
}

/** The plane of one channel of (C, H, W). */
export function planeOf(tensor: Tensor, channel: number): Float32Array {
  const size = tensor.shape[1] * tensor.shape[2]
  return Float32Array.from(tensor.data.subarray(channel * size, (channel + 1) * size))
}

/** The largest difference of two lists of the same length. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]) || (Number.isNaN(a[i] - b[i]) ? Infinity : 0))
  return most
}
