#!/usr/bin/env node
// weft-bench: how convolution scales over cores, and how fast it is beside others. The whole route: arguments, job, measurement, report.
import { tooOld } from '@weft/commands/node-version'

const [FAILED, USAGE] = [1, 2]

async function main(): Promise<number> {
  const { readArguments } = await import('./arguments.ts')
  const asked = await readArguments(process.argv.slice(2))
  if (typeof asked === 'number') return asked
  const { sentenceOf } = await import('./sentence.ts')
  // While the job is not understood an error is one of usage; from then on it is a failure.
  let codeOfError = USAGE
  try {
    if (asked.command === 'layers') {
      const { resolveLayersJob } = await import('./layers/job.ts')
      const job = resolveLayersJob(asked.flags)
      codeOfError = FAILED
      const { runLayers } = await import('./layers/run.ts')
      return ended(await runLayers(job))
    }
    if (asked.command === 'model') {
      const { resolveModelJob } = await import('./model/job.ts')
      const job = await resolveModelJob(asked.model, asked.flags)
      codeOfError = FAILED
      const { runModel } = await import('./model/run.ts')
      return ended(await runModel(job))
    }
    if (asked.command === 'report') {
      const { runReport } = await import('./report/run.ts')
      return ended(await runReport(asked.files, asked.flags))
    }
    if (asked.command === 'compare') {
      const { runCompare } = await import('./compare/run.ts')
      return ended(runCompare(asked.files, asked.flags))
    }
    if (asked.flags.list) {
      const { listSuites } = await import('./suites.ts')
      return ended({ text: listSuites(), failures: 0 })
    }
    const { resolveJob } = await import('./job.ts')
    const job = resolveJob(asked.targets, asked.flags)
    codeOfError = FAILED
    const { runScale } = await import('./scale.ts')
    return ended(await runScale(job))
  } catch (error) {
    process.stderr.write(`weft-bench: ${sentenceOf(error)}\n`)
    return codeOfError
  }
}

function ended({ text, failures }: { readonly text: string; readonly failures: number }): number {
  process.stdout.write(text)
  return failures === 0 ? 0 : FAILED
}

// Everything is loaded after this: an older Node must get a sentence, not a syntax error of some dependency.
const complaint = tooOld('weft-bench', process.versions.node)
if (complaint === null) process.exitCode = await main()
else {
  process.stderr.write(`${complaint}\n`)
  process.exitCode = USAGE
}
