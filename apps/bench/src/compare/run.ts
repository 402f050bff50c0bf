// The route of `weft-bench compare`: two files of results, their changes, the verdict.
import { WeftError } from '@weft/core'
import { coloursFor } from '../colours.ts'
import { readResults } from '../report/results.ts'
import { changesOf } from './changes.ts'
import type { CompareFlags } from './command.ts'
import { compareText } from './table.ts'

/** @returns what goes to standard output, and how much became slower where that fails. @throws NOT_FOUND, IO, FORMAT, OPTION */
export function runCompare(files: readonly [string, string], { fail, seed }: CompareFlags) {
  const [before, after] = files.map(readResults)
  const changes = changesOf(before.timings(), after.timings(), seed)
  if (changes.rows.length === 0) {
    throw new WeftError(
      'OPTION',
      `${files.join(' and ')} have no row in common: compare results of the same problems and threads`,
    )
  }
  const slower = [...changes.rows, changes.mean].filter((one) => one?.verdict === 'slower').length
  return { text: compareText(before.facts, after.facts, changes, coloursFor(process.stdout)), failures: fail ? slower : 0 }
}
