// A report to where it was wanted: files, and the text for standard output.
import { coloursFor } from './colours.ts'
import { csvText } from './csv.ts'
import type { Job } from './job.ts'
import type { Report } from './result.ts'
import { tableText } from './table.ts'
import { asJson, STDOUT, writeText } from './write.ts'

/** Writes the files of the job. @returns what goes to standard output. @throws IO */
export async function writeReport(report: Report, { json, csv, html, quiet }: Job): Promise<string> {
  if (json !== undefined && json !== STDOUT) await writeText(json, asJson(report))
  if (csv !== undefined && csv !== STDOUT) await writeText(csv, csvText(report))
  if (html !== undefined) await (await import('./report/write-page.ts')).writePageOf(html, report)
  if (json === STDOUT) return asJson(report)
  return csv === STDOUT ? csvText(report) : tableText(report, !quiet, coloursFor(process.stdout), process.stdout.columns)
}
