// Before a run: the ledger is owned and read, and what is left to do is known.
import { rm } from 'node:fs/promises'
import { WeftError } from '@weft/core'
import { Fingerprints } from './fingerprint.ts'
import type { Job } from './job.ts'
import { isJoined } from './ledger/join.ts'
import { Ledger, type LedgerPlace, type Past, partsFile, readPast } from './ledger/ledger.ts'
import { readItems, wholeList, writeItems } from './ledger/list.ts'
import { type Plan, planRun } from './ledger/plan.ts'
import { Folders } from './outputs.ts'
import { FileSink } from './sinks/files.ts'
import { JoinedSink } from './sinks/joined.ts'
import type { Sink } from './sinks/sink.ts'

export interface Prepared {
  readonly ledger: Ledger
  readonly sink: Sink
  readonly fingerprints: Fingerprints
  readonly plan: Plan
  /** The tier that the results were begun with. */
  readonly tier: string | undefined
  /** Whether all results are in one file already. */
  readonly joined: boolean
  /** All items of the output, in their order. */
  readonly list: Job['list']
}

export function placeOf({ target, name }: Pick<Job, 'target' | 'name'>): LedgerPlace {
  return { output: target.output, state: target.state, name }
}

/** Makes the output folder, and takes the ledger. @throws BUSY, OPTION, IO */
export async function prepare(job: Job): Promise<Prepared> {
  const folders = new Folders(job.target.folder)
  await folders.ready()
  const { ledger, past } = await Ledger.open(placeOf(job), job.identity, job.restart)
  try {
    if (job.restart) await rm(partsFile(placeOf(job)), { force: true })
    const looked = await look(job, past, folders)
    await writeItems(job.target.state, job.name, looked.list)
    return { ledger, tier: past.run?.tier, ...looked }
  } catch (error) {
    await ledger.close()
    throw error
  }
}

/** As `prepare`, but nothing is written and nothing owned. */
export async function peek(job: Job): Promise<Omit<Prepared, 'ledger'>> {
  const none: Past = { run: null, most: 0, items: new Map(), joined: null }
  const past = job.restart ? none : await readPast(placeOf(job), job.identity)
  return { tier: past.run?.tier, ...(await look(job, past, new Folders(job.target.folder))) }
}

async function look(
  job: Job,
  past: Past,
  folders: Folders,
): Promise<Pick<Prepared, 'sink' | 'fingerprints' | 'plan' | 'joined' | 'list'>> {
  const fingerprints = new Fingerprints()
  const sink = sinkFor(job, past, folders)
  const list = await listOf(job, past)
  if (await isJoined(job.target, past.joined, list, job.verify)) {
    const plan = await planRun(job.items, past, { holds: async () => true }, fingerprints, job)
    if (plan.tasks.length === 0) return { sink, fingerprints, plan, joined: true, list }
  }
  // What was joined must all be done again: its parts are gone, or will be.
  const whole = past.joined?.complete === true
  if (whole) expectAll(job, list)
  const plan = await planRun(job.items, past, whole ? { holds: async () => false } : sink, fingerprints, job)
  return { sink, fingerprints, plan, joined: false, list }
}

/** One file for all is written anew from what is done: it keeps what other starts did. A shard knows its own items only. */
async function listOf({ target, name, shard, list }: Job, past: Past): Promise<Job['list']> {
  if (target.joined === null || shard !== null || past.run === null) return list
  const before = await readItems(target.state, name).catch(() => [...past.items.keys()])
  return wholeList(before, (id) => past.items.get(id)?.state === 'done', list)
}

/** Once all is joined its parts are gone: what is not computed again would be lost. @throws OPTION */
function expectAll({ items, target }: Job, list: Job['list']): void {
  const given = new Set(items.map(({ id }) => id))
  const [lost, ...more] = list.filter(({ id }) => !given.has(id))
  if (lost === undefined) return
  const which = more.length === 0 ? lost.id : `${lost.id} and ${more.length} more`
  const remedy = 'give all inputs, write to another file, or give --restart to begin anew without them'
  throw new WeftError('OPTION', `${target.output} is whole and holds results of ${which}, not among these inputs; ${remedy}`, {
    output: target.output,
  })
}

function sinkFor(job: Job, past: Past, folders: Folders): Sink {
  const { folder, joined } = job.target
  if (joined === null) return new FileSink(folder, folders, job.write)
  let end = 0
  for (const record of past.items.values())
    if (record.state === 'done' && record.offset !== undefined) end = Math.max(end, record.offset + record.bytes)
  return new JoinedSink(joined.format, partsFile(placeOf(job)), past.joined?.complete === true ? 0 : end)
}
