// The list of a run's items, in their order: what is joined follows it, and what is merged must cover it.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WeftError } from '@weft/core'
import { writeAtomically } from '@weft/io'
import type { Item } from '../outputs.ts'
import { removeTemporaries } from '../temporaries.ts'

const LINES = 1000

function fileOf(state: string, name: string): string {
  return join(state, `${name}.items.jsonl`)
}

export function digestOfList(items: readonly Pick<Item, 'id'>[]): string {
  const hash = createHash('sha256')
  for (const { id } of items) hash.update(`${JSON.stringify(id)}\n`)
  return hash.digest('hex')
}

export async function writeItems(state: string, name: string, items: readonly Pick<Item, 'id'>[]): Promise<void> {
  function* lines(): Generator<Uint8Array> {
    for (let begin = 0; begin < items.length; begin += LINES) {
      const some = items.slice(begin, begin + LINES)
      yield Buffer.from(some.map(({ id }) => `${JSON.stringify(id)}\n`).join(''))
    }
  }
  const path = fileOf(state, name)
  removeTemporaries([path])
  await writeAtomically(path, lines())
}

/** @throws NOT_FOUND when no run has begun there */
export async function readItems(state: string, name: string): Promise<string[]> {
  const ids: string[] = []
  try {
    for await (const line of createInterface({ input: createReadStream(fileOf(state, name)) })) ids.push(JSON.parse(line))
  } catch (cause) {
    throw new WeftError('NOT_FOUND', `${state} holds no list of items: no run has begun there`, { state }, { cause })
  }
  return ids
}
