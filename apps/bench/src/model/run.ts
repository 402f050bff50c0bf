// The route of `weft-bench model`: job, measurement, report.
import { pairingHelps } from '../job.ts'
import { Progress } from '../progress.ts'
import { asJson, STDOUT, writeText } from '../write.ts'
import type { ModelJob } from './job.ts'
import { measureModel } from './measure.ts'
import { modelTable } from './table.ts'

/** How often a line says how far it is where there is no terminal. */
const LINE_MS = 10_000

/** @returns what goes to standard output, and how much failed. */
export async function runModel(job: ModelJob): Promise<{ readonly text: string; readonly failures: number }> {
  const report = await measureModel(job, pairingHelps(job.tier), new Progress(process.stderr, !job.quiet, LINE_MS))
  if (job.json !== undefined && job.json !== STDOUT) await writeText(job.json, asJson(report))
  if (job.html !== undefined) await (await import('../report/write-page.ts')).writePageOf(job.html, report)
  return { text: job.json === STDOUT ? asJson(report) : modelTable(report, !job.quiet), failures: report.failures }
}
