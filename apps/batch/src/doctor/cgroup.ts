// What the control groups of Linux, versions 1 and 2, grant this process: containers and batch systems limit by them.
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export interface Grant {
  /** Processors' worth of time, as 1.5; null where there is no limit. */
  readonly cpus: number | null
  /** Bytes; null where there is no limit. */
  readonly memory: number | null
  /** The processors themselves, as 0-3,8; null where no group says. */
  readonly cpuset: string | null
}

/** Version 1 says so, or a bit less, where there is no limit. */
const NO_LIMIT = 2 ** 60

/** @param root of the file system, for tests */
export function grantOf(root = '/'): Grant {
  const read = (path: string): string | null => {
    try {
      return readFileSync(join(root, path), 'utf8').trim()
    } catch {
      // Not Linux, not this version, or not limited.
      return null
    }
  }
  // A limit of a group above holds too. Within a container the path may be that of the host: then its files are not there.
  const levels = (read('/proc/self/cgroup') ?? '').split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    return controllers === undefined ? [] : above(path).map((group) => ({ controllers, group }))
  })
  const at = (controller: string, file: string): string[] =>
    levels
      .filter(({ controllers }) => controllers.split(',').includes(controller))
      .map(({ controllers, group }) => read(posix.join('/sys/fs/cgroup', controllers, group, file)))
      .filter((text) => text !== null)

  const periods = at('cpu', 'cpu.cfs_period_us')
  const quotas = [
    ...at('', 'cpu.max').map((text) => text.split(' ')),
    ...at('cpu', 'cpu.cfs_quota_us').map((quota, level) => [quota, periods[level]]),
  ]
  // None is told as `max`, as -1, or as more than there is.
  const limits = (values: readonly number[]) => values.filter((value) => value > 0 && value < NO_LIMIT)
  const memories = [...at('', 'memory.max'), ...at('memory', 'memory.limit_in_bytes')]
  return {
    cpus: least(limits(quotas.map(([quota, period]) => Number(quota) / Number(period)))),
    memory: least(limits(memories.map(Number))),
    cpuset: [...at('', 'cpuset.cpus.effective'), ...at('cpuset', 'cpuset.effective_cpus')].find((text) => text !== '') ?? null,
  }
}

/** A group and those that it lies in: /a/b, /a, /. */
function above(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '')
  return Array.from({ length: parts.length + 1 }, (_, up) => `/${parts.slice(0, parts.length - up).join('/')}`)
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values)
}
