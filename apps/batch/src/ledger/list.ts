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

/** The name of the list of a job on a queue: all items of its chunks, each of which has a list of its own. */
export const CHUNKS = 'chunks'

function fileOf(state: string, name: string): string {
  return join(state, `${name}.items.jsonl`)
}

export function digestOfList(items: readonly Pick<Item, 'id'>[]): string {
  const hash = createHash('sha256')
  for (const { id } of items) hash.update(`${JSON.stringify(id)}\n`)
  return hash.digest('hex')
}

/**
 * What one file for all will hold: the items of this start, and of those of earlier starts what is done, so that a start with fewer
 * (`weft failed out | weft conv - -o out`) drops nothing. Where these are known already they stay in the order of before.
 */
export function wholeList(
  before: readonly string[],
  isDone: (id: string) => boolean,
  now: readonly Pick<Item, 'id'>[],
): readonly Pick<Item, 'id'>[] {
  const [known, current] = [new Set(before), new Set(now.map(({ id }) => id))]
  const others = before.filter((id) => !current.has(id) && isDone(id))
  if (others.length === 0) return now
  if (!now.every(({ id }) => known.has(id))) return [...now, ...others.map((id) => ({ id }))]
  return before.filter((id) => current.has(id) || isDone(id)).map((id) => ({ id }))
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
