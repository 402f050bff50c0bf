// One file from the parts of one run or of all shards.
import { stat } from 'node:fs/promises'
import { digestOfFile } from '../digest.ts'
import { join, type Part } from '../sinks/join.ts'
import { stemOf } from '../sources/inputs.ts'
import type { Target } from '../target.ts'
import { removeTemporaries } from '../temporaries.ts'
import { partsFile, readPast } from './ledger.ts'
import { digestOfList } from './list.ts'
import type { JoinedRecord } from './records.ts'

/** Joins what is done of the items, in their order. */
export async function joinResults(
  { output, state }: Target,
  joined: NonNullable<Target['joined']>,
  ids: readonly string[],
  names: readonly string[],
): Promise<JoinedRecord> {
  const found = new Map<string, Part>()
  for (const name of names) {
    const { items } = await readPast({ output, state, name }, null)
    for (const [id, record] of items) {
      if (record.state !== 'done' || record.offset === undefined) continue
      const { offset: at, bytes, entries = [] } = record
      found.set(id, { stem: stemOf(id), file: partsFile({ state, name }), at, bytes, entries })
    }
  }
  removeTemporaries([joined.path])
  const parts = ids.flatMap((id) => found.get(id) ?? [])
  await join(joined.format, parts, joined.path)
  return {
    type: 'joined',
    list: digestOfList(ids.map((id) => ({ id }))),
    bytes: (await stat(joined.path)).size,
    hash: await digestOfFile(joined.path),
    complete: parts.length === ids.length,
    at: new Date().toISOString(),
  }
}

/** Whether a file that was joined is still what it was, and the items are the same. */
export async function isJoined(
  { joined }: Target,
  record: JoinedRecord | null,
  items: readonly { readonly id: string }[],
  thorough: boolean,
): Promise<boolean> {
  if (joined === null || record === null || !record.complete || record.list !== digestOfList(items)) return false
  const found = await stat(joined.path).catch(() => null)
  if (found?.size !== record.bytes) return false
  return !thorough || (await digestOfFile(joined.path)) === record.hash
}
