// One damaged input or manifest: found, named and read as the command does. What must come of it are tensors or plain errors.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { sizeOf, WeftError } from '@weft/core'
import { belowOf } from '../../../../tools/fuzz/chance.ts'
import type { Damaged } from '../../../../tools/fuzz/trial.ts'
import { Fingerprints } from '../../src/fingerprint.ts'
import { type Item, nameOutputs } from '../../src/outputs.ts'
import { findInputs } from '../../src/sources/find.ts'
import { Reader } from '../../src/sources/read.ts'
import type { Target } from '../../src/target.ts'
import { corpus, fixture, KINDS, type Kind, NEIGHBOURS } from './corpus.ts'
import { mutate } from './mutate.ts'

interface DamagedInput extends Damaged {
  readonly kind: Kind
}

/** Of the items of a file so many are read. */
const MOST_ITEMS = 20
const MAX_PIXELS = 2 ** 20
const EXTENSIONS: Readonly<Partial<Record<Kind, string>>> = { jpeg: 'jpg' }

const folder = mkdtempSync(join(tmpdir(), 'weft-fuzz-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const name of NEIGHBOURS) writeFileSync(join(folder, name), fixture(name))
if (process.platform !== 'win32') execFileSync('mkfifo', [join(folder, 'pipe.png')])
const out = join(folder, 'out')
const target: Target = { output: out, folder: out, real: out, state: join(out, '.weft'), joined: null }
const wholes = await corpus()

export function damagedFile(seed: number, index: number): DamagedInput {
  const below = belowOf(seed, index)
  const kind = KINDS[index % KINDS.length]
  const ofKind = wholes.filter((whole) => whole.kind === kind)
  const whole = ofKind[below(ofKind.length)]
  return { kind, from: whole.name, file: mutate(whole, below) }
}

/** What came of it. @throws what is a fault of weft */
export async function attempt({ kind, file }: DamagedInput, seed: number): Promise<string> {
  const below = belowOf(seed, file.length)
  const path = join(folder, `damaged.${EXTENSIONS[kind] ?? kind}`)
  writeFileSync(path, file)
  const batchAxis = below(3) === 0 ? below(3) : undefined
  try {
    const inputs = await findInputs([path], { except: out, maxPixels: MAX_PIXELS, batchAxis, whole: false })
    const items = nameOutputs(inputs, target, () => 'npy')
    for (const { output } of items) if (!resolve(output).startsWith(`${out}/`)) throw new Error(`a result would be at ${output}`)
    return `${kind}: ${await readAll(items)}`
  } catch (error) {
    return `${kind}: refused ${codeOf(error)}`
  }
}

/** The first thing that came of an item but a tensor. */
async function readAll(items: readonly Item[]): Promise<string> {
  const fingerprints = new Fingerprints()
  const reader = new Reader(items, MAX_PIXELS)
  let came = 'read'
  try {
    for (const item of items.slice(0, MOST_ITEMS)) {
      try {
        if (item.problem !== undefined) throw item.problem
        const input = await fingerprints.of(item.path)
        await reader.read(item, { input, bytes: null }, { channels: 'rgb', into: (shape) => new Float32Array(sizeOf(shape)) })
      } catch (error) {
        const code = codeOf(error)
        if (came === 'read') came = `item failed ${code}`
      }
    }
  } finally {
    await reader.close()
  }
  return came
}

/** @throws what is no plain error, and a memory that no such file can need */
function codeOf(error: unknown): string {
  if (error instanceof WeftError && error.code !== 'INTERNAL' && error.code !== 'MEMORY') return error.code
  throw error
}
