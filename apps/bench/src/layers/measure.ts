// The measurement of `layers`: processes started, the machine's limits taken, every layer contested, all ended again.
import { type TierName, WeftError } from '@weft/core'
import { machineFacts } from '../machine.ts'
import { watchOthers } from '../others.ts'
import { scriptCommand } from '../places.ts'
import type { Progress } from '../progress.ts'
import { VERSION } from '../version.ts'
import { Refused } from './child.ts'
import { contest, ROUNDS } from './contest.ts'
import { Entrant, type Impl } from './entrant.ts'
import { layerResult, summaryOf } from './figures.ts'
import { type LayersJob, layersCommand } from './job.ts'
import { measureLimits } from './limits.ts'
import { PEERS, peerCommand } from './peers.ts'
import type { Limits } from './protocol.ts'
import type { LayersReport } from './result.ts'
import { Workshop } from './workshop.ts'

/** @param pairing whether V8 should be told to pair vectors. @throws TIER or WORKER when an entrant does not start. */
export async function measureLayers(job: LayersJob, pairing: boolean, progress: Progress): Promise<LayersReport> {
  const date = new Date().toISOString()
  const entrants: Entrant[] = []
  const workshop = new Workshop()
  try {
    await startAll(job, pairing, progress, entrants)
    const tier = entrants[0].hello.tier
    const limits: Record<string, Limits> = {}
    for (const threads of job.threads) {
      progress.say(`what ${threads} ${threads === 1 ? 'core' : 'cores'} can do`)
      limits[threads] = await measureLimits(threads, tier?.name as TierName, pairingWord(pairing))
    }
    const others = watchOthers(() => entrants.reduce((sum, { cpuMs }) => sum + cpuMs, 0))
    const results = []
    for (const [index, of] of job.cases.entries()) {
      progress.say(`[${index + 1}/${job.cases.length}] ${of.problem.name}`)
      results.push(layerResult(of, await contest(entrants, of, job, workshop), limits))
    }
    const layers = results.map(({ layer }) => layer)
    const rows = results.flatMap((result) => result.rows)
    return {
      tool: 'weft-bench layers',
      format: 2,
      version: VERSION,
      date,
      command: layersCommand(job),
      machine: { ...machineFacts(), tier: tier ?? null, limits, others: others() },
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

/** weft with the fewest threads first; it looks for the tier, the others take the same. */
async function startAll(job: LayersJob, pairing: boolean, progress: Progress, entrants: Entrant[]): Promise<void> {
  const start = async (impl: Impl, threads: number, command: readonly string[]): Promise<void> => {
    progress.say(`start ${impl}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`)
    try {
      entrants.push(await Entrant.start(impl, threads, command))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      throw new WeftError('WORKER', `${impl} does not start: ${error.message}`, { impl, threads })
    }
  }
  for (const threads of job.threads) {
    const tier = entrants[0]?.hello.tier?.name ?? job.tier
    await start('weft', threads, scriptCommand('weft-contestant', String(threads), tier, pairingWord(pairing)))
  }
  for (const peer of job.peers) {
    const counts = PEERS[peer].single ? [1] : job.threads
    for (const threads of counts) await start(peer, threads, peerCommand(peer, threads))
  }
}

function pairingWord(pairing: boolean): string {
  return pairing ? 'pairing' : 'plain'
}
