// The process that damaged files are tried in: it says which it begins, and what came of each.
import { readFileSync, writeFileSync } from 'node:fs'
import { attempt, damagedFile } from './attempt.ts'
import type { Report } from './hunt.ts'

const [seed, first, count] = process.argv.slice(2).map(Number)
const say = (report: Report) => process.send?.(report)

for (let index = first; index < first + count; index++) {
  const { from, file } = damagedFile(seed, index)
  say({ index, from, bytes: file.length })
  resetPeak()
  const before = memory()
  const began = performance.now()
  let came: string
  let fault: string | null = null
  try {
    came = await attempt(file, seed)
  } catch (error) {
    came = 'fault'
    fault = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  const after = memory()
  const grown = Math.max(after.peak - before.resident, after.buffers - before.buffers)
  say({ index, came, fault, grown, ms: performance.now() - began })
}
process.disconnect?.()

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
