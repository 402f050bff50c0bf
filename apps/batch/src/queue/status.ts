// `weft status --queue`: what waits, is done and failed, how fast each worker is, and how far each job is.
import type { Job as QueueJob } from 'bullmq'
import { count, oneLine } from '../text.ts'
import type { ChunkProgress } from './chunk.ts'
import { type Address, connect, disconnect, QUEUE } from './connection.ts'
import { rateOf } from './worker.ts'

/** So many of the latest ends are looked at for rates and jobs. */
const LATEST = 500
const SHOWN = 5

export interface QueueStatus {
  readonly queue: string
  /** Chunks, and merges: to be taken, with those that wait to be tried again; taken; given up; done, of the last day. */
  readonly waiting: number
  readonly active: number
  readonly failed: number
  readonly done: number
  readonly jobs: readonly {
    readonly run: string
    readonly output: string
    readonly chunks: number
    readonly done: number
    readonly failed: number
    readonly state: string
  }[]
  readonly workers: readonly { readonly name: string; readonly itemsPerSecond: number; readonly at: readonly string[] }[]
  readonly failures: readonly { readonly chunk: string; readonly reason: string }[]
}

/** @throws IO when Redis cannot be reached */
export async function queueStatus(address: Address): Promise<QueueStatus> {
  const redis = await connect(address)
  const { Queue } = await import('bullmq')
  const queue = new Queue(QUEUE, { connection: redis })
  try {
    const counts = await queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active', 'failed', 'completed')
    const [parents, waiting, active, failed, completed] = await Promise.all(
      (['waiting-children', 'waiting', 'active', 'failed', 'completed'] as const).map((state) =>
        queue.getJobs([state], 0, LATEST),
      ),
    )
    const merges = [parents, waiting, active, failed, completed].flat().filter(({ name }) => name === 'merge')
    const idle = (await queue.getWorkers()).map(({ rawname = '' }) => rawname.slice(rawname.indexOf(':w:') + 3))
    return {
      queue: address.shown,
      waiting: counts.waiting + counts.prioritized + counts.delayed,
      active: counts.active,
      failed: counts.failed,
      done: counts.completed,
      jobs: await Promise.all(merges.map(jobOf)),
      workers: workersOf(idle, active, completed),
      failures: failed.map(({ id = '', failedReason }) => ({ chunk: id, reason: failedReason })),
    }
  } finally {
    await queue.close()
    await disconnect(redis)
  }
}

async function jobOf(job: QueueJob): Promise<QueueStatus['jobs'][number]> {
  const { processed = 0, ignored = 0 } = await job.getDependenciesCount({ processed: true, ignored: true })
  const { output, chunks } = job.data
  const state = await job.getState()
  return { run: job.id ?? '', output: String(output), chunks: Number(chunks), done: processed, failed: ignored, state }
}

/** Over the chunks that each did last, and those under way. */
function workersOf(idle: readonly string[], active: readonly QueueJob[], completed: readonly QueueJob[]): QueueStatus['workers'] {
  const workers = new Map(idle.map((name) => [name, { computed: 0, seconds: 0, at: [] as string[] }]))
  const add = (job: QueueJob, progress: Partial<ChunkProgress> | undefined, now: boolean): void => {
    const known = workers.get(job.processedBy ?? '')
    if (known === undefined) return
    known.computed += progress?.computed ?? 0
    known.seconds += progress?.seconds ?? 0
    if (now && job.id !== undefined) known.at.push(job.id)
  }
  for (const job of completed) if (job.name === 'chunk') add(job, job.returnvalue, false)
  for (const job of active) add(job, typeof job.progress === 'object' ? job.progress : undefined, true)
  return [...workers].map(([name, { at, ...rate }]) => ({ name, itemsPerSecond: Number(rateOf(rate)), at }))
}

export function queueStatusText({ queue, waiting, active, failed, done, jobs, workers, failures }: QueueStatus): string {
  const more = failures.length - SHOWN
  return [
    `${queue}: ${waiting} waiting, ${active} active, ${failed} failed, ${done} done`,
    ...jobs.map(
      (job) =>
        `job ${job.run} to ${oneLine(job.output)}: ${job.done} of ${count(job.chunks, 'chunk')} done, ${job.failed} failed, ${job.state}`,
    ),
    ...workers.map(
      ({ name, itemsPerSecond, at }) =>
        `worker ${oneLine(name)}: ${itemsPerSecond} items/s, ${at.length === 0 ? 'idle' : `at ${at.join(', ')}`}`,
    ),
    ...failures.slice(0, SHOWN).map(({ chunk, reason }) => `failed ${chunk}: ${oneLine(reason)}`),
    ...(more > 0 ? [`and ${more} more that failed`] : []),
  ].join('\n')
}
