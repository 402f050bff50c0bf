// Which thread counts are measured: what a list says, or those that fit the machine.
import { WeftError } from '@weft/core'

const MOST = 1024
/** Up to here every count is measured by default; beyond, each octave in four steps. */
const EVERY = 16

/** '1,2,4' or '1-4,8' as counts in order. 1 is among them always: speed-up is relative to it. @throws OPTION */
export function parseThreadsWithOne(text: string): number[] {
  return [...new Set([1, ...parseThreads(text)])]
}

/** '1,2,4' or '1-4,8' as counts in order. @throws OPTION */
export function parseThreads(text: string): number[] {
  const counts = new Set<number>()
  for (const part of text.split(',')) {
    const range = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part)
    const [from, to] = range === null ? [0, 0] : [Number(range[1]), Number(range[2] ?? range[1])]
    if (from < 1 || to < from || to > MOST) {
      throw new WeftError('OPTION', `'${text}' is not a list of counts from 1 to ${MOST}; for example 1,2,4 or 1-8`)
    }
    for (let count = from; count <= to; count++) counts.add(count)
  }
  return [...counts].sort((a, b) => a - b)
}

/** 1 to every core; a large machine leaves some out, but never the last. */
export function defaultThreads(cores: number): number[] {
  const counts: number[] = []
  let step = 1
  for (let count = 1; count < cores; count += step) {
    counts.push(count)
    if (count >= EVERY) step = 2 ** Math.floor(Math.log2(count)) / 4
  }
  return [...counts, cores]
}
