// `weft submit`: a job on the queue as a flow, its chunks the children, what joins them the parent; added whole or not at all.

import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { toWire, WeftError } from '@weft/core'
import { tierOfEnvironment } from '@weft/parallel'
import type { FlowJob } from 'bullmq'
import { convWork } from '../conv/work.ts'
import type { BatchFlags } from '../flag-types.ts'
import { type Job, resolveJob } from '../job.ts'
import { ledgerFile, partsFile, readPast } from '../ledger/ledger.ts'
import { CHUNKS, writeItems } from '../ledger/list.ts'
import { Ownership } from '../ledger/owner.ts'
import { Folders, type Item } from '../outputs.ts'
import { runWork } from '../run/work.ts'
import { shardIndex, shardOf } from '../shard.ts'
import { ledgersOf } from '../status.ts'
import { count, oneLine } from '../text.ts'
import type { Work } from '../work.ts'
import { connect, disconnect, QUEUE } from './connection.ts'
import { type ChunkData, chunkData, type ItemData, type MergeData } from './data.ts'
import { DEFAULT_CHUNK, type SubmitConvFlags, type SubmitOwnFlags, type SubmitRunFlags } from './flags.ts'
import { SharedFolder } from './folder.ts'

export type Submission =
  | { readonly work: 'conv'; readonly flags: SubmitConvFlags; readonly sources: readonly string[] }
  | { readonly work: 'run'; readonly flags: SubmitRunFlags; readonly model: string; readonly sources: readonly string[] }

/** More chunks would burden Redis rather than spread the work better. */
const MOST_CHUNKS = 10_000
/** A chunk whose end may pass is tried so often, after 1, 2, 4, ... s. */
const ATTEMPTS = 9
const FIRST_PAUSE_MS = 1_000
const DAY_S = 86_400

export interface Submitted {
  readonly type: 'submitted'
  readonly run: string
  readonly items: number
  readonly chunks: number
  readonly output: string
  readonly queue: string
}

/** Of eight digits, the first a letter: BullMQ takes no id that is a number. */
export function runId(bytes: Buffer): string {
  return Buffer.from([bytes[0] | 0xa0, ...bytes.subarray(1)]).toString('hex')
}

/** @throws IO when Redis cannot be reached, before anything is written; OPTION and others for what cannot be done */
export async function submit(submission: Submission): Promise<Submitted> {
  const { flags, sources } = submission
  const redis = await connect(flags.queue)
  try {
    const folder = await SharedFolder.at(flags.folder ?? '.')
    // What a worker's environment says of the tier must not count.
    const batch: BatchFlags = { ...flags, tier: flags.tier ?? tierOfEnvironment() }
    const job = await resolveJob(await workOf(submission, batch), batch, sources, null)
    if (job.list.length === 0) throw new WeftError('NOT_FOUND', 'the list of inputs is empty: there is nothing to submit')
    const chunks = await chunkCount(job, flags)
    const run = runId(randomBytes(4))
    const output = (await folder.toQueue(flags.output)) + (/[\\/]$/.test(flags.output) ? '/' : '')
    const common = { work: await commandOf(submission, batch, folder), output, identity: job.identity.identity }
    const lists: ItemData[][] = Array.from({ length: chunks }, () => [])
    for (const item of job.items) lists[shardIndex(item.id, chunks) - 1].push(await itemOf(item, folder))
    // Checked here too: what a worker would refuse is not put on the queue.
    const children = lists.map((items, at) => chunkData({ ...common, shard: { index: at + 1, count: chunks }, items }))
    await new Folders(job.target.folder).ready()
    await mkdir(job.target.state, { recursive: true })
    await writeItems(job.target.state, CHUNKS, job.items)
    const { FlowProducer } = await import('bullmq')
    const flow = new FlowProducer({ connection: redis })
    await flow.add(flowOf(run, { output, chunks, items: job.items.length }, children))
    await flow.close()
    return { type: 'submitted', run, items: job.items.length, chunks, output: flags.output, queue: flags.queue.shown }
  } finally {
    await disconnect(redis)
  }
}

export function submittedText({ run, items, chunks, output, queue }: Submitted): string {
  return [
    `submitted ${run}: ${count(items, 'item')} in ${count(chunks, 'chunk')}, to ${oneLine(output)}`,
    `done by: weft worker --queue ${queue}`,
    `how far: weft status --queue ${queue}`,
  ].join('\n')
}

function workOf(submission: Submission, batch: BatchFlags): Promise<Work> {
  if (submission.work === 'conv') return convWork({ ...submission.flags, ...batch })
  return runWork(submission.model, { ...submission.flags, ...batch })
}

const options = {
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: FIRST_PAUSE_MS, jitter: 0.5 },
  removeOnComplete: { age: DAY_S },
  removeOnFail: { age: 7 * DAY_S },
}

function flowOf(run: string, merge: MergeData, chunks: readonly ChunkData[]): FlowJob {
  return {
    name: 'merge',
    queueName: QUEUE,
    data: merge,
    opts: { ...options, jobId: run },
    children: chunks.map((data) => ({
      name: 'chunk',
      queueName: QUEUE,
      data,
      // The merge is to say what is missing when a chunk cannot be done.
      opts: { ...options, jobId: `${run}-${data.shard.index}`, ignoreDependencyOnFailure: true },
    })),
  }
}

/**
 * As many chunks as were begun there: an item is always of the same one, and what was done counts. With `--restart` what was
 * done is forgotten.
 * @throws OPTION when what is there is of another job or not of chunks, BUSY
 */
async function chunkCount({ target, items, identity, restart }: Job, { chunk = DEFAULT_CHUNK }: SubmitOwnFlags): Promise<number> {
  const { output, state } = target
  const { names } = await ledgersOf(output).catch((error: unknown) => {
    if (error instanceof WeftError && error.code === 'NOT_FOUND') return { names: [] as string[] }
    throw error
  })
  const fresh = Math.ceil(items.length / Math.max(chunk, Math.ceil(items.length / MOST_CHUNKS)))
  if (restart) {
    for (const name of names) {
      await using _ = await Ownership.take(state, name, output)
      for (const file of [ledgerFile({ output, state, name }), partsFile({ state, name })]) await rm(file, { force: true })
    }
    return fresh
  }
  const counts = new Set(names.map((name) => shardOf(name)?.count))
  const [before] = counts
  if (names.length > 0 && (before === undefined || counts.size > 1)) {
    const problem = before === undefined ? 'a run that was not split' : 'runs that were split in several ways'
    throw new WeftError('OPTION', `${output} holds the results of ${problem}; write to another folder, or give --restart`, {
      output,
    })
  }
  for (const name of names) await readPast({ output, state, name }, identity)
  return before ?? fresh
}

/** What was asked for, but for what is settled here: where the items are, and where they go. */
async function commandOf(submission: Submission, { tier }: BatchFlags, folder: SharedFolder): Promise<object> {
  const flags: Record<string, unknown> = { ...submission.flags, tier }
  for (const name of ['output', 'queue', 'folder', 'chunk', 'restart', 'json', 'every', 'from', 'to']) delete flags[name]
  for (const name of ['weight', 'bias', 'labels']) {
    const path = flags[name]
    if (typeof path === 'string') flags[name] = await folder.toQueue(path)
  }
  if (submission.work === 'conv') return { command: 'conv', flags }
  return { command: 'run', model: await folder.toQueue(submission.model), flags }
}

async function itemOf({ path, id, part, problem }: Item, folder: SharedFolder): Promise<ItemData> {
  if (problem === undefined) return { path: await folder.toQueue(path), id, ...(part === undefined ? {} : { part }) }
  const { code, message } = toWire(problem)
  return { path, id, problem: { code, message } }
}
