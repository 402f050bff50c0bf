// The measurement of `layers`: processes started, the machine's limits taken, every layer contested, all ended again.
import type { TierName } from '@weft/core'
import { isKept } from '../job.ts'
import { machineFacts } from '../machine.ts'
import { watchOthers } from '../others.ts'
import type { Progress } from '../progress.ts'
import { measurePeaks, type Roof } from '../roofs.ts'
import { VERSION } from '../version.ts'
import { contest, ROUNDS, traceAll } from './contest.ts'
import type { Entrant } from './entrant.ts'
import { layerResult, summaryOf } from './figures.ts'
import { type LayersJob, layersCommand } from './job.ts'
import { measureLimits, PEAK_MS } from './limits.ts'
import type { Limits } from './protocol.ts'
import type { LayersReport } from './result.ts'
import { pairingWord, startEntrants } from './start.ts'
import { Workshop } from './workshop.ts'

/** @param pairing whether V8 should be told to pair vectors. @throws TIER or WORKER when an entrant does not start. */
export async function measureLayers(job: LayersJob, pairing: boolean, progress: Progress): Promise<LayersReport> {
  const date = new Date().toISOString()
  const entrants: Entrant[] = []
  const workshop = new Workshop()
  try {
    await startEntrants(job, pairing, progress, entrants)
    const tier = entrants[0].hello.tier
    const limits: Record<string, Limits> = {}
    for (const threads of job.threads) {
      progress.say(`what ${threads} ${threads === 1 ? 'core' : 'cores'} can do`)
      limits[threads] = await measureLimits(threads, tier?.name as TierName, pairingWord(pairing))
    }
    const roofs = isKept(job) ? await roofsOf(limits, Math.min(PEAK_MS, job.minMs), progress) : []
    const others = watchOthers(() => entrants.reduce((sum, { cpuMs }) => sum + cpuMs, 0))
    const results = []
    for (const [index, of] of job.cases.entries()) {
      progress.say(`[${index + 1}/${job.cases.length}] ${of.problem.name}`)
      const outcomes = await contest(entrants, of, job, workshop)
      if (isKept(job)) await traceAll(entrants, outcomes, of, job.minMs / ROUNDS)
      results.push(layerResult(of, outcomes, limits))
    }
    const layers = results.map(({ layer }) => layer)
    const rows = results.flatMap((result) => result.rows)
    return {
      tool: 'weft-bench layers',
      format: 4,
      version: VERSION,
      date,
      command: layersCommand(job),
      machine: { ...machineFacts(), tier: tier ?? null, limits, others: others() },
      roofs,
      settings: { threads: job.threads, batch: job.batch, minMs: job.minMs, minRuns: job.minRuns, rounds: ROUNDS },
      versions: Object.fromEntries(entrants.map(({ impl, hello }) => [impl, hello.version])),
      layers,
      rows,
      ...summaryOf(layers, rows, job.threads),
    }
  } finally {
    progress.clear()
    await Promise.all(entrants.map((entrant) => entrant.close()))
    workshop.close()
  }
}

/** The limits that were measured, and the peak of every tier beside them. */
async function roofsOf(limits: Readonly<Record<string, Limits>>, ms: number, progress: Progress): Promise<Roof[]> {
  const roofs: Roof[] = []
  for (const [threads, { copies }] of Object.entries(limits)) {
    progress.say(`what ${threads} ${threads === '1' ? 'core' : 'cores'} can do on every tier`)
    roofs.push({ threads: Number(threads), peaks: await measurePeaks(Number(threads), ms), copies })
  }
  return roofs
}
