// The route of `weft-bench scale`: job, measurement, report.
import { allowPairing } from '@weft/parallel'
import { type Job, pairingHelps } from './job.ts'
import { Progress } from './progress.ts'
import { writeReport } from './report.ts'

/** @returns what goes to standard output, and how much failed. */
export async function runScale(job: Job): Promise<{ readonly text: string; readonly failures: number }> {
  if (pairingHelps(job.tier)) allowPairing()
  const { measure } = await import('./measure.ts')
  const report = await measure(job, new Progress(process.stderr, !job.quiet))
  return { text: await writeReport(report, job), failures: report.failures }
}
