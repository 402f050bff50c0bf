// Processes, told apart from later ones with the same number, and whether one still runs.
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/** A process, told apart from a later one with the same number. */
export interface ProcessMark {
  readonly host: string
  /** Of the machine since it was started; '' where the system does not tell. */
  readonly boot: string
  readonly pid: number
  /** When the process began, in the system's ticks since the boot; '' where the system does not tell. */
  readonly began: string
}

/** A number is given to another process some day: the one meant is the one that began then. */
export async function isRunning({ pid, began }: Pick<ProcessMark, 'pid' | 'began'>): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return (await beginningOf(pid)) === began
}

export async function thisProcess(): Promise<ProcessMark> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return { host: hostname(), boot: boot.trim(), pid: process.pid, began: await beginningOf(process.pid) }
}

/** Field 22 of /proc/PID/stat; the name before it, in brackets, may hold anything. A zombie has ended. */
async function beginningOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '')
}
