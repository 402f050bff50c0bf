// The measurement of `model`: processes started, the network contested, all ended, then the batch.

import { ROUNDS } from '../layers/contest.ts'
import type { Entrant, Outcome } from '../layers/entrant.ts'
import { startEntrants } from '../layers/start.ts'
import { Workshop } from '../layers/workshop.ts'
import { machineFacts } from '../machine.ts'
import { watchOthers } from '../others.ts'
import type { Progress } from '../progress.ts'
import { VERSION } from '../version.ts'
import { contestBatch } from './batch.ts'
import { contestModel } from './contest.ts'
import { batchRatios, batchRow, latencyRatios, latencyRow } from './figures.ts'
import { type ModelJob, modelCommand } from './job.ts'
import type { ModelReport } from './result.ts'

/** @param pairing whether V8 should be told to pair vectors. @throws TIER or WORKER when an entrant does not start. */
export async function measureModel(job: ModelJob, pairing: boolean, progress: Progress): Promise<ModelReport> {
  const date = new Date().toISOString()
  const entrants: Entrant[] = []
  const workshop = new Workshop()
  try {
    await startEntrants(job, pairing, progress, entrants)
    const { tier = null } = entrants[0].hello
    const others = watchOthers(() => entrants.reduce((sum, { cpuMs }) => sum + cpuMs, 0))
    progress.say(`${job.file.name}, one item at a time`)
    const outcomes: Outcome[] = await contestModel(entrants, job, workshop)
    const disturbance = others()
    await Promise.all(entrants.map((entrant) => entrant.close()))
    const latency = outcomes.map(latencyRow)
    const batch = job.noBatch === null ? await contestBatch(job, tier?.name ?? 'scalar', workshop, progress) : []
    const rows = batch.map((outcome) => batchRow(outcome, job.items))
    return {
      tool: 'weft-bench model',
      format: 1,
      version: VERSION,
      date,
      command: modelCommand(job),
      machine: { ...machineFacts(), tier, others: disturbance },
      settings: { threads: job.threads, minMs: job.minMs, minRuns: job.minRuns, rounds: ROUNDS },
      versions: Object.fromEntries(entrants.map(({ impl, hello }) => [impl, hello.version])),
      model: { name: job.file.name, digest: job.file.digest, shapes: job.shapes },
      latency,
      latencyRatios: latencyRatios(latency),
      batch: { items: job.items, left: job.noBatch, rows },
      batchRatios: batchRatios(rows),
      failures: [...latency, ...rows].filter(({ trouble }) => trouble !== null).length,
    }
  } finally {
    progress.clear()
    await Promise.all(entrants.map((entrant) => entrant.close()))
    workshop.close()
  }
}
