// What other programs took of the machine while something was measured: the one thing that no statistics can undo.
import { cpus } from 'node:os'

export interface Others {
  /** Cores that other programs kept busy, on average. */
  readonly busy: number
  readonly cores: number
}

interface Sample {
  readonly all: number
  readonly idle: number
  /** Of this process, all its threads and children. All in milliseconds. */
  readonly own: number
}

/**
 * Begins to watch.
 * @param childrenMs processor time of processes that are ours too
 * @returns a function that says what others took since.
 */
export function watchOthers(childrenMs = () => 0): () => Others {
  const before = sample(childrenMs())
  return () => othersBetween(before, sample(childrenMs()), cpus().length)
}

export function othersBetween(before: Sample, after: Sample, cores: number): Others {
  const all = after.all - before.all
  if (all <= 0) return { busy: 0, cores }
  const busy = all - (after.idle - before.idle) - (after.own - before.own)
  return { busy: Math.max(0, busy / all) * cores, cores }
}

/** So many of the cores that times are no longer this machine's. */
export function disturbing({ busy, cores }: Others): boolean {
  return busy > 0.1 * cores
}

function sample(childrenMs: number): Sample {
  const times = cpus().map((core) => core.times)
  const { user, system } = process.cpuUsage()
  return {
    all: times.reduce((sum, { user, nice, sys, irq, idle }) => sum + user + nice + sys + irq + idle, 0),
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    own: (user + system) / 1000 + childrenMs,
  }
}
