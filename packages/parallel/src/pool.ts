// The pool: Piscina workers that are there from the start to the end of an engine.
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { Ended, Visit, WorkerData } from './messages.ts'

export type Pool = Piscina<Visit, Ended>

/** So many workers, which are on their way when this returns. */
export function startPool(threads: number, workerData: WorkerData): Pool {
  const source = import.meta.url.endsWith('.ts')
  const pool: Pool = new Piscina({
    filename: fileURLToPath(new URL(source ? './worker.ts' : './worker.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData,
    ...(source ? { execArgv: ['--conditions=@weft/source'] } : {}),
  })
  // A worker that dies idle belongs to no task, and is replaced.
  pool.on('error', () => {})
  return pool
}
