// Tries damaged files in a process of their own, which may crash or hang, and names those that do what no file may make weft do.
import { fork } from 'node:child_process'

/** From the process: which file it begins, then what came of it. */
export type Report =
  | { readonly index: number; readonly from: string; readonly bytes: number }
  | {
      readonly index: number
      readonly came: string
      readonly fault: string | null
      readonly grown: number
      readonly ms: number
    }

export interface Culprit {
  readonly index: number
  readonly from: string
  readonly what: string
}

export interface Hunt {
  /** How many files came how far. */
  readonly came: ReadonlyMap<string, number>
  readonly culprits: readonly Culprit[]
  readonly slowest: { readonly index: number; readonly ms: number }
  readonly mostGrown: number
}

const LONGEST_MS = 5000
/** A process starts, and reads the networks, in less. */
const START_MS = 60_000
const PROGRESS = 1000
const allowed = (bytes: number) => 4 * bytes + 64 * 2 ** 20

/**
 * Files `first` to below `first + count` of a seed, tried by a program that calls `tryFiles`. One that takes too much memory among
 * others is tried again alone.
 */
export async function hunt(
  program: string,
  seed: number,
  first: number,
  count: number,
  onProgress?: (done: number) => void,
): Promise<Hunt> {
  const came = new Map<string, number>()
  const culprits: Culprit[] = []
  const greedy: number[] = []
  let slowest = { index: first, ms: 0 }
  let mostGrown = 0
  for (let next = first; next < first + count; ) {
    let [from, bytes] = ['', 0]
    const ended = await watch(program, seed, next, first + count - next, (report) => {
      if ('from' in report) {
        ;[from, bytes] = [report.from, report.bytes]
        return
      }
      next = report.index + 1
      came.set(report.came, (came.get(report.came) ?? 0) + 1)
      if (report.ms > slowest.ms) slowest = { index: report.index, ms: report.ms }
      if (report.grown > allowed(bytes)) greedy.push(report.index)
      else mostGrown = Math.max(mostGrown, report.grown)
      const what = report.fault ?? (report.ms > LONGEST_MS ? `it took ${Math.round(report.ms)} ms` : null)
      if (what !== null) culprits.push({ index: report.index, from, what })
      if ((next - first) % PROGRESS === 0) onProgress?.(next - first)
    })
    if (ended !== null && next < first + count) culprits.push({ index: next++, from, what: ended })
  }
  for (const index of greedy) culprits.push(...(await alone(program, seed, index)))
  return { came, culprits, slowest, mostGrown }
}

/** The memory that one file takes in a process that has done nothing before. */
async function alone(program: string, seed: number, index: number): Promise<Culprit[]> {
  let [from, bytes, grown] = ['', 0, 0]
  await watch(program, seed, index, 1, (report) => {
    if ('from' in report) [from, bytes] = [report.from, report.bytes]
    else grown = report.grown
  })
  if (grown <= allowed(bytes)) return []
  return [{ index, from, what: `memory grew by ${grown} bytes for a file of ${bytes}` }]
}

/** Runs one process to its end. @returns how it ended on a file, or null when it did them all */
function watch(
  program: string,
  seed: number,
  first: number,
  count: number,
  onReport: (report: Report) => void,
): Promise<string | null> {
  return new Promise((resolve) => {
    const child = fork(program, [seed, first, count].map(String), {
      execArgv: ['--conditions=@weft/source'],
    })
    let hung = false
    let timer = alarm(START_MS)
    function alarm(ms: number): NodeJS.Timeout {
      return setTimeout(() => {
        hung = true
        child.kill('SIGKILL')
      }, ms)
    }
    child.on('message', (report: Report) => {
      clearTimeout(timer)
      timer = alarm(2 * LONGEST_MS)
      onReport(report)
    })
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      resolve(code === 0 ? null : hung ? 'hung' : `ended the process: ${signal ?? `exit code ${code}`}`)
    })
  })
}
