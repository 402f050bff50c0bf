// What the doctor finds about Node, processors and memory.
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { megabytes } from '../text.ts'
import type { Grant } from './cgroup.ts'
import type { Finding } from './finding.ts'

/** What no tier of WebAssembly is as fast without. */
const FASTEST_NODE = 24

export function nodeFinding(version = process.versions.node): Finding {
  const newest = Number.parseInt(version, 10) >= FASTEST_NODE
  const words = [`Node ${version}, V8 ${process.versions.v8}, ${process.platform} ${process.arch}`]
  if (!newest) words.push(`Node ${FASTEST_NODE} is faster where machine code cannot be used: it has the tier paired`)
  return {
    name: 'node',
    state: newest ? 'well' : 'note',
    words,
    facts: { version, platform: process.platform, arch: process.arch },
  }
}

export interface Processors {
  /** Those of the machine. */
  readonly there: number
  /** As many threads as an engine has unless told. */
  readonly used: number
  /** Those that the process may run on, as 0-3,8; null where the system does not say. */
  readonly allowed: string | null
}

export function processors(): Processors {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  return {
    there: cpus().length,
    used: availableParallelism(),
    allowed: /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? null,
  }
}

export function coresFinding({ there, used, allowed }: Processors, { cpus: quota, cpuset }: Grant): Finding {
  const words = [`${used} threads unless told, on a machine of ${there}`]
  if (allowed !== null) words.push(`the process may run on processors ${allowed}`)
  if (cpuset !== null && cpuset !== allowed) words.push(`its cgroup has processors ${cpuset}`)
  if (quota !== null) words.push(`its cgroup has a quota of ${quotaText(quota)}`)
  const fitting = quota === null ? used : Math.max(1, Math.floor(quota))
  const differs = quota !== null && fitting < used
  if (differs) {
    words.push(
      `availableParallelism (${used}) is more than the quota pays for: threads would be halted in turn, and wait for each other; --threads ${fitting} is steadier`,
    )
  }
  return { name: 'cores', state: differs ? 'note' : 'well', words, facts: { there, used, allowed, cpuset, quota, fitting } }
}

/** Below this a batch of photographs may not fit. */
const SCARCE = 500e6

export function memoryFinding(
  { memory: limit }: Pick<Grant, 'memory'>,
  total = totalmem(),
  available = process.availableMemory(),
): Finding {
  const words = [`${megabytes(available)} to be had, of ${megabytes(total)}`]
  if (limit !== null) words.push(`its cgroup is limited to ${megabytes(limit)}`)
  const scarce = Math.min(available, limit ?? available) < SCARCE
  if (scarce) words.push('large pictures and networks may not fit')
  return { name: 'memory', state: scarce ? 'note' : 'well', words, facts: { total, available, limit } }
}

function quotaText(cpus: number): string {
  return `${Number(cpus.toFixed(2))} processor${cpus === 1 ? '' : 's'}`
}
