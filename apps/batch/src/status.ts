// `weft status` and `weft failed`: what the ledgers of an output say, while it is made and after.
import { readdir } from 'node:fs/promises'
import { WeftError } from '@weft/core'
import { readPast } from './ledger/ledger.ts'
import { type Owner, ownerOf } from './ledger/owner.ts'
import type { FailedRecord, RunRecord } from './ledger/records.ts'
import { shardOf } from './shard.ts'
import { resolveTarget } from './target.ts'
import { count, oneLine } from './text.ts'

export interface LedgerStatus {
  readonly name: string
  readonly run: RunRecord | null
  /** The most that a start had. */
  readonly items: number
  readonly done: number
  /** By id: in the ledger they are in the order in which they failed. */
  readonly failed: readonly FailedRecord[]
  /** Items that are neither. */
  readonly left: number
  readonly owner: Owner | null
}

/** The ledgers of an output, that of the whole or those of shards. @throws NOT_FOUND when there is none */
export async function ledgersOf(output: string): Promise<{ state: string; names: string[] }> {
  const { state } = await resolveTarget(output, undefined)
  const files = await readdir(state).catch(() => [])
  const names = files.filter((file) => file.endsWith('.jsonl')).map((file) => file.slice(0, -'.jsonl'.length))
  const ledgers = names.filter((name) => shardOf(name) !== undefined)
  if (ledgers.length === 0) throw new WeftError('NOT_FOUND', `${output} has no ledger: no run has begun there`, { output })
  const byNumber = (a: string, b: string): number => (shardOf(a)?.index ?? 0) - (shardOf(b)?.index ?? 0)
  return { state, names: ledgers.sort(byNumber) }
}

export async function statusOf(output: string): Promise<LedgerStatus[]> {
  const { state, names } = await ledgersOf(output)
  return await Promise.all(
    names.map(async (name) => {
      const { run, most, items } = await readPast({ output, state, name }, null)
      const records = [...items.values()]
      const failed = records.filter((record) => record.state === 'failed').sort((a, b) => (a.id < b.id ? -1 : 1))
      const done = records.length - failed.length
      const left = Math.max(0, most - records.length)
      return { name, run, items: most, done, failed, left, owner: await ownerOf(state, name) }
    }),
  )
}

export function statusText(output: string, ledgers: readonly LedgerStatus[]): string {
  const lines = ledgers.map((one) => {
    const shard = shardOf(one.name)
    const what = shard ? `shard ${shard.index}/${shard.count}` : oneLine(output)
    const who = one.owner === null ? 'nobody is at work' : `process ${one.owner.pid} on ${one.owner.host} is at work`
    return `${what}: ${one.done} of ${count(one.items, 'item')} done, ${one.failed.length} failed, ${one.left} left; ${who}`
  })
  return lines.join('\n')
}

/** Lines of JSON that the command takes as a list: `weft failed out | weft conv - -o out ...`. */
export function failedLines(ledgers: readonly LedgerStatus[]): string {
  const lines = ledgers.flatMap(({ failed }) =>
    failed.map(({ path, id, code, message, attempt }) => `${JSON.stringify({ path, id, code, message, attempt })}\n`),
  )
  return lines.join('')
}
