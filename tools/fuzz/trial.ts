// What a process does that damaged files are tried in: it says which it begins, and what came of each.
import { readFileSync, writeFileSync } from 'node:fs'
import type { Report } from './hunt.ts'

export interface Damaged {
  /** What it was made of. */
  readonly from: string
  readonly file: Uint8Array
}

/**
 * Tries the files that the arguments of the process say: seed, first, count. `attempt` tells how far one came, and throws what
 * no file may bring about.
 */
export async function tryFiles<D extends Damaged>(
  damagedFile: (seed: number, index: number) => D,
  attempt: (damaged: D, seed: number) => Promise<string>,
): Promise<void> {
  const [seed, first, count] = process.argv.slice(2).map(Number)
  // Until it is sent: attempts leave the event loop no turn, and what a slow listener had no room for would wait for the last of them.
  const say = (report: Report) => new Promise<void>((sent) => process.send?.(report, undefined, undefined, () => sent()))
  for (let index = first; index < first + count; index++) {
    const damaged = damagedFile(seed, index)
    await say({ index, from: damaged.from, bytes: damaged.file.length })
    resetPeak()
    const before = memory()
    const began = performance.now()
    let came: string
    let fault: string | null = null
    try {
      came = await attempt(damaged, seed)
    } catch (error) {
      came = 'fault'
      fault = error instanceof Error ? (error.stack ?? error.message) : String(error)
    }
    const after = memory()
    const grown = Math.max(after.peak - before.resident, after.buffers - before.buffers)
    await say({ index, came, fault, grown, ms: performance.now() - began })
  }
  process.disconnect?.()
}

/** Bytes, where Linux tells them: what is resident, the most that was since the peak was reset, and array buffers, touched or not. */
function memory(): { resident: number; peak: number; buffers: number } {
  if (process.platform !== 'linux') return { resident: 0, peak: 0, buffers: process.memoryUsage().arrayBuffers }
  const status = readFileSync('/proc/self/status', 'latin1')
  const kib = (name: string) => 1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1])
  return { resident: kib('VmRSS'), peak: kib('VmHWM'), buffers: process.memoryUsage().arrayBuffers }
}

function resetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5')
}
