// The whole route of the command: arguments -> options -> job -> run -> report.
import { type TierChoice, WeftError } from '@weft/core'
import { allowPairing, tierOfEnvironment } from '@weft/parallel'
import { type Request, readArguments } from './arguments.ts'
import { runJob } from './batch.ts'
import { convWork } from './conv/work.ts'
import { examine, findingsLine, findingsText, isWell } from './doctor/doctor.ts'
import { forecast } from './dry-run.ts'
import { KeptEngine } from './engines.ts'
import { EXIT, exitCodeAfter, exitCodeOf } from './exit-codes.ts'
import { explainAnything } from './explain/anything.ts'
import type { BatchFlags, DoctorFlags } from './flag-types.ts'
import { engineOptions, resolveJob } from './job.ts'
import { merge, mergedText } from './merge.ts'
import type { Address } from './queue/connection.ts'
import type { WorkerFlags } from './queue/flags.ts'
import type { Submission } from './queue/submit.ts'
import { reporterFor } from './report.ts'
import { runWork } from './run/work.ts'
import { failedLines, statusOf, statusText } from './status.ts'
import { Stop } from './stop.ts'
import { Tally } from './tally.ts'
import { isBegun } from './target.ts'
import { complain, oneLine } from './text.ts'
import type { Work } from './work.ts'

export async function route(argv: readonly string[]): Promise<number> {
  // Whoever reads our output may stop reading: the results are files all the same.
  process.stdout.on('error', () => {})
  let tell = complain
  process.on('uncaughtException', (error) => {
    tell(error)
    process.exit(EXIT.fatal)
  })
  const request = await readArguments(argv)
  if (typeof request === 'number') return request
  if ('log' in request.flags && request.flags.log === 'json') tell = await complainInLog()
  try {
    if (request.command === 'worker') return await takeChunks(request.flags)
    if (request.command === 'submit') return await submitJob(request)
    if (request.command === 'status' && request.flags.queue !== undefined) return await lookAtQueue(request.flags.queue, request)
    if ('output' in request) return await look(request)
    if (request.command === 'doctor') return await doctor(request.flags)
    if (wantsPairing(request.flags.tier)) allowPairing()
    if (request.command === 'conv') return await batch(() => convWork(request.flags), request)
    if (request.command === 'run') return await batch(() => runWork(request.model, request.flags), request)
    process.stdout.write(`${await explainAnything(request.subject, request.flags)}\n`)
    return EXIT.done
  } catch (error) {
    tell(error)
    return exitCodeOf(error)
  }
}

async function complainInLog(): Promise<typeof complain> {
  const { logFatal, openLog } = await import('./log.ts')
  return (error) => logFatal(openLog(), error)
}

async function doctor({ queue, json }: DoctorFlags): Promise<number> {
  allowPairing()
  const findings = await examine({ queue })
  process.stdout.write(`${json ? findingsLine(findings) : findingsText(findings)}\n`)
  return isWell(findings) ? EXIT.done : EXIT.someFailed
}

/** Commands that look at an output. */
async function look({ command, flags, output }: Extract<Request, { output: unknown }>): Promise<number> {
  if (output === undefined) throw new WeftError('OPTION', 'give OUTPUT, what -o was, or --queue URL')
  if (command === 'merge') {
    const merged = await merge(output)
    process.stdout.write(`${flags.json ? JSON.stringify(merged) : mergedText(output, merged)}\n`)
    return merged.missing.length + merged.doubled.length === 0 ? EXIT.done : EXIT.someFailed
  }
  const ledgers = await statusOf(output)
  if (command === 'failed') {
    const lines = failedLines(ledgers)
    if (lines === '') process.stderr.write(`nothing failed in ${oneLine(output)}\n`)
    process.stdout.write(lines)
  } else if (!flags.json) process.stdout.write(`${statusText(output, ledgers)}\n`)
  else for (const { failed, ...one } of ledgers) process.stdout.write(`${JSON.stringify({ ...one, failed: failed.length })}\n`)
  return EXIT.done
}

async function lookAtQueue(address: Address, { flags, output }: Extract<Request, { output: unknown }>): Promise<number> {
  if (output !== undefined) throw new WeftError('OPTION', `give --queue or ${oneLine(output)}, one of them`)
  const { queueStatus, queueStatusText } = await import('./queue/status.ts')
  const found = await queueStatus(address)
  process.stdout.write(`${flags.json ? JSON.stringify(found) : queueStatusText(found)}\n`)
  return EXIT.done
}

async function submitJob(request: Submission): Promise<number> {
  const { submit, submittedText } = await import('./queue/submit.ts')
  const submitted = await submit(request)
  process.stdout.write(`${request.flags.json ? JSON.stringify(submitted) : submittedText(submitted)}\n`)
  return EXIT.done
}

async function takeChunks(flags: WorkerFlags): Promise<number> {
  const { work } = await import('./queue/worker.ts')
  const exitCode = await work(flags)
  // A queue that is away must not keep a worker that was told to stop.
  setTimeout(() => process.exit(exitCode), GRACE_MS).unref()
  return exitCode
}

/** The route that every kind of work takes. */
async function batch(
  work: () => Promise<Work>,
  { flags, sources }: { flags: BatchFlags; sources: readonly string[] },
): Promise<number> {
  await using engines = new KeptEngine()
  // Workers start while weights are read and inputs are found. Where results were begun there may be nothing left to compute.
  if (flags.dryRun !== true && !isBegun(flags.output)) engines.ahead(engineOptions(flags))
  const job = await resolveJob(await work(), flags, sources)
  const reporter = await reporterFor(job, flags)
  if (job.list.length === 0) {
    await reporter.end(new Tally(0, 0), EXIT.done)
    return EXIT.done
  }
  const stop = new Stop((reason) => reporter.stopping(reason, stop.writing.size))
  if (flags.dryRun === true) {
    reporter.forecast(await forecast(job, reporter, stop).finally(() => stop.ignore()))
    return stop.reason === null ? EXIT.done : exitCodeAfter({ failed: 0, retryable: 0 }, stop.reason)
  }
  const tally = await runJob(job, reporter, stop, engines).finally(() => stop.ignore())
  const exitCode = exitCodeAfter(tally, stop.reason)
  await reporter.end(tally, exitCode)
  // What hangs, as a read from a dead network disk, must not keep the command.
  if (tally.abandoned) setTimeout(() => process.exit(exitCode), GRACE_MS).unref()
  return exitCode
}

/** For what was printed to be taken by whoever reads it. */
const GRACE_MS = 500

/** Pairing is a V8 flag for the whole process: only where a tier that uses it may be chosen. */
function wantsPairing(tier: TierChoice = tierOfEnvironment()): boolean {
  return tier === 'auto' || tier === 'wasm' || tier === 'paired'
}
