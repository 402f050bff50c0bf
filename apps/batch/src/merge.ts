// `weft merge`: whether shards together did every item once, and their one file for all.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WeftError } from '@weft/core'
import { expectSame } from './ledger/identity.ts'
import { joinResults } from './ledger/join.ts'
import { type Past, readPast } from './ledger/ledger.ts'
import { CHUNKS, digestOfList, readItems } from './ledger/list.ts'
import { Ownership } from './ledger/owner.ts'
import type { ItemRecord } from './ledger/records.ts'
import { shardOf } from './shard.ts'
import { ledgersOf } from './status.ts'
import { resolveTarget } from './target.ts'
import { count, oneLine } from './text.ts'

export interface Merged {
  readonly items: number
  readonly shards: number
  /** Ids that no shard did, and of those the ones that failed; ids that more than one did. */
  readonly missing: readonly string[]
  readonly failed: readonly string[]
  readonly doubled: readonly string[]
  /** The file that was made, if the results are one file and nothing is missing or doubled. */
  readonly file: string | null
}

/** @throws NOT_FOUND when a shard has not begun, OPTION when shards are of different jobs or lists, BUSY */
export async function merge(output: string): Promise<Merged> {
  const { state, names } = await ledgersOf(output)
  await using _ = await Ownership.take(state, 'merge', output)
  expectAll(names, output)
  const pasts: Past[] = []
  for (const name of names) pasts.push(await readPast({ output, state, name }, null))
  const [first] = pasts
  for (const { run } of pasts) if (run !== null && first.run !== null) expectSame(first.run, run, output)
  const ids = await itemsOf(state, names, output)
  const format = pasts.find(({ run }) => run !== null)?.run?.of.format
  const target = await resolveTarget(output, format === 'jsonl' ? 'jsonl' : undefined)
  const found = await judge(ids, pasts, target.joined === null ? target.folder : null)
  const whole = found.missing.length === 0 && found.doubled.length === 0
  if (target.joined === null || !whole) return { items: ids.length, shards: names.length, ...found, file: null }
  // A run that was not split has joined its own parts, and removed them.
  if (first.joined?.complete !== true) await joinResults(target, target.joined, ids, names)
  return { items: ids.length, shards: names.length, ...found, file: target.joined.path }
}

export function mergedText(output: string, { items, shards, missing, failed, doubled, file }: Merged): string {
  const name = (ids: readonly string[]): string =>
    ids.slice(0, SHOWN).map(oneLine).join(', ') + (ids.length > SHOWN ? ', ...' : '')
  return [
    `${oneLine(output)}: ${items - missing.length} of ${count(items, 'item')} done by ${count(shards, 'shard')}`,
    ...(missing.length === 0 ? [] : [`${missing.length} missing, of which ${failed.length} failed: ${name(missing)}`]),
    ...(doubled.length === 0 ? [] : [`${doubled.length} done by more than one shard: ${name(doubled)}`]),
    ...(file === null ? [] : [`results: ${oneLine(file)}`]),
  ].join('\n')
}

const SHOWN = 20

/** All items: of the job on a queue that the ledgers are chunks of, else what the shards agree on. */
async function itemsOf(state: string, names: readonly string[], output: string): Promise<string[]> {
  const submitted = await readItems(state, CHUNKS).catch(() => null)
  if (submitted !== null) return submitted
  const ids = await readItems(state, names[0])
  const digest = digestOfIds(ids)
  for (const name of names.slice(1)) {
    if (digestOfIds(await readItems(state, name)) === digest) continue
    throw new WeftError('OPTION', `${names[0]} and ${name} of ${output} had different lists of items; start the shards again`)
  }
  return ids
}

function digestOfIds(ids: readonly string[]): string {
  return digestOfList(ids.map((id) => ({ id })))
}

function expectAll(names: readonly string[], output: string): void {
  const shards = names.map((name) => shardOf(name))
  const count = shards[0]?.count ?? 1
  if (shards.some((shard) => (shard?.count ?? 1) !== count)) {
    throw new WeftError(
      'OPTION',
      `${output} was split in several ways: ${names.join(', ')}; write each job to a folder of its own`,
    )
  }
  const absent = Array.from({ length: count }, (_, at) => at + 1).filter(
    (index) => !shards.some((shard) => (shard?.index ?? 1) === index),
  )
  if (absent.length > 0) {
    throw new WeftError('NOT_FOUND', `of ${count} shards of ${output} these have not begun: ${absent.slice(0, 20).join(', ')}`, {
      output,
    })
  }
}

/** A result that is a file of its own must be there. */
async function judge(
  ids: readonly string[],
  pasts: readonly Past[],
  folder: string | null,
): Promise<Pick<Merged, 'missing' | 'failed' | 'doubled'>> {
  const [missing, failed, doubled]: [string[], string[], string[]] = [[], [], []]
  const byId = new Map<string, ItemRecord[]>()
  for (const { items } of pasts) {
    for (const [id, record] of items) {
      const others = byId.get(id)
      if (others === undefined) byId.set(id, [record])
      else others.push(record)
    }
  }
  for (const id of ids) {
    const records = byId.get(id) ?? []
    const done = records.filter((record) => record.state === 'done')
    if (done.length > 1) doubled.push(id)
    const [one] = done
    const size = one === undefined || folder === null ? undefined : (await stat(join(folder, one.output)).catch(() => null))?.size
    if (one === undefined || (folder !== null && size !== one.bytes)) missing.push(id)
    if (done.length === 0 && records.length > 0) failed.push(id)
  }
  return { missing, failed, doubled }
}
