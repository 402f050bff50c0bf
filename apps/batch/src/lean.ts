// Memory settings of a long batch: glibc and V8 read them when a process starts, so the command starts itself anew with them.

import { setFlagsFromString } from 'node:v8'

/**
 * Every thread that decodes or encodes would get pools of its own from glibc and never give them back; large buffers go back
 * at once only while the size that counts as large is fixed.
 */
const GLIBC = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' }

/** What an item leaves behind is dead soon: V8 is to collect it soon, rather than let the heap grow first. */
const V8 = ['--max-semi-space-size=4']
/** From the first item on only: before it, while code and networks are read, it would collect what is of use. */
const V8_LATER = '--optimize-for-size'

type Started = Pick<NodeJS.Process, 'platform' | 'execPath' | 'execArgv' | 'argv' | 'env'>

export interface Start {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/** How to start anew; null where it would change nothing, or where the user set MALLOC_ARENA_MAX, which also says that we did. */
export function leanStart({ platform, execPath, execArgv, argv, env }: Started): Start | null {
  if (platform !== 'linux' || env.MALLOC_ARENA_MAX !== undefined) return null
  return { args: [execPath, ...V8, ...execArgv, ...argv.slice(1)], env: { ...GLIBC, ...env } }
}

/** Replaces this process by itself with the settings: same number, same streams. Goes on as it is where Node cannot do that. */
export function startLean(): void {
  const start = leanStart(process)
  if (start === null || typeof process.execve !== 'function') return
  try {
    process.execve(process.execPath, start.args, start.env)
  } catch {
    // Node's permission model may forbid it: more memory is used, and nothing else differs.
  }
}

/** Of a process that was started with the settings: those that begin with the items. */
export function keepLean(): void {
  if (V8.every((flag) => process.execArgv.includes(flag))) setFlagsFromString(V8_LATER)
}
