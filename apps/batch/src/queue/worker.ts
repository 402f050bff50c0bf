// `weft worker`: takes chunks from the queue until it is told to stop, one at a time, each on every thread.
import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { toWire, WeftError } from '@weft/core'
import { allowPairing } from '@weft/parallel'
import type { Job as QueueJob, WorkerOptions } from 'bullmq'
import { KeptEngine } from '../engines.ts'
import { EXIT } from '../exit-codes.ts'
import { isRetryable } from '../failure.ts'
import { merge, mergedText } from '../merge.ts'
import { Stop } from '../stop.ts'
import { count, oneLine } from '../text.ts'
import { type Bench, type ChunkProgress, doChunk, KeptWork } from './chunk.ts'
import { disconnect, keepConnected, QUEUE } from './connection.ts'
import { chunkData, mergeData } from './data.ts'
import { DEFAULT_LOCK_S, type WorkerFlags } from './flags.ts'
import { SharedFolder } from './folder.ts'

/** Workers that die at one chunk until it is given up: most die of something else. */
const MOST_STALLS = 50
/** Another worker is still at work in a chunk, though the queue took it for dead: until it is looked at again. */
const BUSY_MS = 5_000
/** How often a chunk's progress is told, and how long a queue that is away is waited for when stopping. */
const TELL_MS = 1_000
const GRACE_MS = 5_000

/** @throws NOT_FOUND when there is no such folder */
export async function work({ queue, folder, threads, lock = DEFAULT_LOCK_S }: WorkerFlags): Promise<number> {
  const stop = new Stop(() => tell('stopping: no further chunk is taken'))
  allowPairing()
  await using engines = new KeptEngine()
  const bench: Bench = { folder: await SharedFolder.at(folder ?? '.'), engines, works: new KeptWork(), threads }
  const { Worker, DelayedError, UnrecoverableError, WaitingError } = await import('bullmq')
  const redis = await keepConnected(queue, tell)
  let current: Promise<unknown> = Promise.resolve()

  const handle = async (job: QueueJob, token: string | undefined): Promise<unknown> => {
    try {
      if (job.name === 'merge') return await mergeChunks(job.data, bench)
      const { left, passing, ...end } = await doChunk(chunkData(job.data), bench, stop, progressOf(job))
      tell(`${nameOf(job)}: ${end.done} of ${count(end.items, 'item')} done, ${end.failed} failed, ${rateOf(end)} items/s`)
      if (stop.reason !== null && left > 0) {
        await Promise.race([job.moveToWait(token), wait(GRACE_MS)])
        throw new WaitingError()
      }
      if (passing === null && left === 0) return end
      throw new Error(passing === null ? `${count(left, 'item')} not begun` : `${passing.code}: ${passing.message}`)
    } catch (error) {
      if (!(error instanceof WeftError)) throw error
      if (error.code === 'BUSY') {
        await job.moveToDelayed(Date.now() + Math.min(BUSY_MS, lock * 1000), token)
        throw new DelayedError()
      }
      const { code, message } = toWire(error)
      tell(`${nameOf(job)}: ${code}: ${oneLine(message)}`)
      if (isRetryable(error)) throw error
      throw new UnrecoverableError(`${code}: ${message}`)
    }
  }
  const options: WorkerOptions = {
    connection: redis,
    name: `${hostname()}-${process.pid}`,
    lockDuration: lock * 1000,
    stalledInterval: (lock * 1000) / 2,
    maxStalledCount: MOST_STALLS,
  }
  const worker = new Worker(
    QUEUE,
    (job, token) => {
      const done = handle(job, token)
      current = done.catch(() => {})
      return done
    },
    options,
  )
  const told = new Set<string>()
  worker.on('error', (error) => {
    const { message } = error
    // What befalls the connection is told by it.
    if (isOfConnection(error) || told.has(message)) return
    told.add(message)
    tell(`the queue: ${message}`)
  })
  tell(`waiting for chunks at ${queue.shown}, folder ${oneLine(bench.folder.path)}`)
  if (stop.reason === null) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }))
  const closed = worker.close()
  await current
  await Promise.race([closed, wait(GRACE_MS)])
  stop.ignore()
  await Promise.race([disconnect(redis), wait(GRACE_MS)])
  redis.disconnect()
  return EXIT.done
}

async function mergeChunks(data: unknown, { folder }: Bench): Promise<object> {
  const output = await folder.fromQueue(mergeData(data).output)
  const merged = await merge(output)
  tell(mergedText(output, merged))
  const { items, missing, failed, doubled, file } = merged
  // Items that failed were named, and trying again would not mend them; what no chunk has tried is a fault.
  if (missing.length === failed.length && doubled.length === 0) return { items, failed: failed.length, file }
  throw new WeftError('IO', mergedText(output, merged).replaceAll('\n', '; '))
}

/** Tells the queue how far a chunk is, now and then, and one word at a time: the connection may be slow, or away. */
function progressOf(job: QueueJob): (progress: ChunkProgress) => void {
  let last = performance.now()
  let telling = false
  return (progress) => {
    if (telling || performance.now() - last < TELL_MS) return
    last = performance.now()
    telling = true
    // A chunk that was given to another meanwhile takes no word any more.
    const end = (): void => {
      telling = false
    }
    job.updateProgress({ ...progress }).then(end, end)
  }
}

function nameOf({ id, name }: QueueJob): string {
  return `${name} ${id}`
}

export function rateOf({ computed, seconds }: Pick<ChunkProgress, 'computed' | 'seconds'>): string {
  return (computed / Math.max(seconds, 1e-3)).toPrecision(3)
}

function isOfConnection(error: NodeJS.ErrnoException): boolean {
  return String(error.code).startsWith('E') || /^Connection is closed/.test(error.message)
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}
