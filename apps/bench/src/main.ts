#!/usr/bin/env node
// weft-bench: how convolution scales over the cores of a machine. The whole route: arguments, job, measurement, report.

const OLDEST_NODE = 22
const [FAILED, USAGE] = [1, 2]

async function main(): Promise<number> {
  const { readArguments } = await import('./arguments.ts')
  const asked = await readArguments(process.argv.slice(2))
  if (typeof asked === 'number') return asked
  const { sentenceOf } = await import('./sentence.ts')
  // While the job is not understood an error is one of usage; from then on it is a failure.
  let codeOfError = USAGE
  try {
    const { listSuites } = await import('./suites.ts')
    if (asked.flags.list) return print(listSuites())
    const { pairingHelps, resolveJob } = await import('./job.ts')
    const job = resolveJob(asked.targets, asked.flags)
    codeOfError = FAILED
    const { allowPairing } = await import('@weft/parallel')
    if (pairingHelps(job)) allowPairing()
    const [{ measure }, { Progress }, { writeReport }] = await Promise.all([
      import('./measure.ts'),
      import('./progress.ts'),
      import('./report.ts'),
    ])
    const report = await measure(job, new Progress(process.stderr, !job.quiet))
    print(await writeReport(report, job))
    return report.failures === 0 ? 0 : FAILED
  } catch (error) {
    process.stderr.write(`weft-bench: ${sentenceOf(error)}\n`)
    return codeOfError
  }
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

// Everything is loaded after this: an older Node must get a sentence, not a syntax error of some dependency.
if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) process.exitCode = await main()
else {
  process.stderr.write(`weft-bench needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node}\n`)
  process.exitCode = USAGE
}
