// The processes of weft and its peers, one for each thread count.

import { WeftError } from '@weft/core'
import { counted } from '../layout.ts'
import { scriptCommand } from '../places.ts'
import type { Progress } from '../progress.ts'
import { Refused } from './child.ts'
import { Entrant, type Impl } from './entrant.ts'
import type { LayersJob } from './job.ts'
import { PEERS, peerCommand } from './peers.ts'

/**
 * weft with the fewest threads first; it looks for the tier, the others take the same.
 * @param entrants where they are put, so that those that started can be ended when one does not
 */
export async function startEntrants(
  job: Pick<LayersJob, 'threads' | 'tier' | 'peers'>,
  pairing: boolean,
  progress: Progress,
  entrants: Entrant[],
): Promise<void> {
  const start = async (impl: Impl, threads: number, command: readonly string[]): Promise<void> => {
    progress.say(`start ${impl}, ${counted(threads)}`)
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

export function pairingWord(pairing: boolean): string {
  return pairing ? 'pairing' : 'plain'
}
