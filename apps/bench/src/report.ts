// A report to where it was wanted: files, and the text for standard output.
import { rename, rm, writeFile } from 'node:fs/promises'
import { WeftError } from '@weft/core'
import { csvText } from './csv.ts'
import { type Job, STDOUT } from './job.ts'
import type { Report } from './result.ts'
import { tableText } from './table.ts'

/** Writes the files of the job. @returns what goes to standard output. @throws IO */
export async function writeReport(report: Report, { json, csv, quiet }: Job): Promise<string> {
  const asJson = () => `${JSON.stringify(report, null, 2)}\n`
  if (json !== undefined && json !== STDOUT) await write(json, asJson())
  if (csv !== undefined && csv !== STDOUT) await write(csv, csvText(report))
  if (json === STDOUT) return asJson()
  return csv === STDOUT ? csvText(report) : tableText(report, !quiet)
}

/** Under another name first: a file is never half written. */
async function write(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    await writeFile(unfinished, text)
    await rename(unfinished, path)
  } catch (cause) {
    await rm(unfinished, { force: true })
    throw new WeftError(
      'IO',
      `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      {},
      { cause },
    )
  }
}
