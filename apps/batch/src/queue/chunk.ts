// A chunk of a job on the queue, as a shard of it: what it holds becomes a job here, done through a kept engine.
import { realpath } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fromWire, WeftError } from '@weft/core'
import { runJob } from '../batch.ts'
import { convWork } from '../conv/work.ts'
import type { Engines } from '../engines.ts'
import type { Failed } from '../failure.ts'
import type { BatchFlags } from '../flag-types.ts'
import { type Job, jobOf } from '../job.ts'
import { reporterFor } from '../report.ts'
import { runWork } from '../run/work.ts'
import { type Input, isPicture } from '../sources/inputs.ts'
import { Stop } from '../stop.ts'
import type { Tally } from '../tally.ts'
import { resolveTarget } from '../target.ts'
import type { Work } from '../work.ts'
import type { ChunkData, CommandData, ItemData } from './data.ts'
import type { SharedFolder } from './folder.ts'

/** How far a chunk is; `computed` and `seconds` are of this attempt. */
export interface ChunkProgress {
  readonly items: number
  readonly done: number
  readonly failed: number
  readonly computed: number
  readonly seconds: number
}

export interface ChunkEnd extends ChunkProgress {
  /** Not begun, since the worker is to stop. */
  readonly left: number
  /** A failure that another attempt may not meet. */
  readonly passing: Failed | null
}

/** What a worker keeps from chunk to chunk. */
export interface Bench {
  readonly folder: SharedFolder
  readonly engines: Engines
  readonly works: KeptWork
  readonly threads: number | undefined
}

/** @throws what makes the whole chunk impossible: OPTION, BUSY, IO, and others; what befalls an item is counted */
export async function doChunk(
  data: ChunkData,
  bench: Bench,
  within: Stop,
  tell: (progress: ChunkProgress) => void,
): Promise<ChunkEnd> {
  const job = await jobOfChunk(data, bench)
  const reporter = await reporterFor(job, { quiet: true })
  const stop = new Stop((reason) => reporter.stopping(reason, stop.writing.size), within)
  const begun = performance.now()
  let passing: Failed | null = null
  const progress = ({ items, skipped, done, failed }: Tally): ChunkProgress => {
    return { items, done: skipped + done, failed, computed: done + failed, seconds: (performance.now() - begun) / 1000 }
  }
  const item: typeof reporter.item = (one, result, tally) => {
    if (!result.ok && result.retryable) passing = result
    tell(progress(tally))
    reporter.item(one, result, tally)
  }
  try {
    const tally = await runJob(job, { ...reporter, item }, stop, bench.engines)
    return { ...progress(tally), left: tally.left, passing }
  } finally {
    stop.ignore()
  }
}

async function jobOfChunk({ work: command, output, identity, shard, items }: ChunkData, bench: Bench): Promise<Job> {
  const { folder, works, threads = availableParallelism() } = bench
  const flags: BatchFlags = { ...command.flags, output: await folder.fromQueue(output), threads }
  const work = await works.of(command, folder)
  const target = await resolveTarget(flags.output, flags.format)
  const inputs: Input[] = []
  for (const item of items) inputs.push(await inputOf(item, folder))
  const job = jobOf(work, flags, target, inputs, shard)
  if (job.identity.identity !== identity) {
    const both = `${identity.slice(0, 12)} there, ${job.identity.identity.slice(0, 12)} here`
    const problem = `another job was submitted than this worker would do (${both})`
    throw new WeftError('OPTION', `${problem}: its weft is another version, or the model or weights were changed since`, {})
  }
  if (job.items.length === items.length) return job
  throw new WeftError('OPTION', `the job has items twice, or of another chunk than ${shard.index} of ${shard.count}`, {
    ...shard,
  })
}

async function inputOf({ path: queued, id, part, problem }: ItemData, folder: SharedFolder): Promise<Input> {
  if (problem !== undefined) {
    const { code, message } = problem
    return { path: queued, real: queued, id, picture: isPicture(queued), problem: fromWire({ code, message, details: {} }) }
  }
  const path = await folder.fromQueue(queued)
  // A folder that is gone since is told when the item is read.
  const real = await realpath(dirname(path)).catch(() => dirname(path))
  return { path, real: join(real, basename(path)), id, picture: isPicture(path), ...(part === undefined ? {} : { part }) }
}

/** The network or the weights of the last chunk: the next one is mostly of the same job. */
export class KeptWork {
  #kept: { readonly key: string; readonly work: Work } | undefined

  async of(command: CommandData, folder: SharedFolder): Promise<Work> {
    const key = JSON.stringify(command)
    if (this.#kept?.key !== key) this.#kept = { key, work: await workOf(command, folder) }
    return this.#kept.work
  }
}

async function workOf(command: CommandData, folder: SharedFolder): Promise<Work> {
  const here = (path: string | undefined): Promise<string> | undefined => (path === undefined ? path : folder.fromQueue(path))
  const output = ''
  if (command.command === 'conv') {
    const { weight, bias } = command.flags
    return await convWork({ ...command.flags, output, weight: await here(weight), bias: await here(bias) })
  }
  const { flags, model } = command
  return await runWork(await folder.fromQueue(model), { ...flags, output, labels: await here(flags.labels) })
}
