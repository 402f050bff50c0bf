// The job: work, flags and sources resolved to everything that a run needs, frozen before anything is written.
import { availableParallelism } from 'node:os'
import { WeftError } from '@weft/core'
import type { FrameRange, WriteTensorOptions } from '@weft/io'
import { type EngineOptions, type Parallelism, tierOfEnvironment } from '@weft/parallel'
import { ownFolder } from './compiled.ts'
import type { BatchFlags, Share } from './flag-types.ts'
import { type Identity, identityOf } from './ledger/identity.ts'
import { type Item, nameOutputs, type OutputFormat } from './outputs.ts'
import { isOf, ledgerName, type Shard, shardFrom } from './shard.ts'
import { findInputs } from './sources/find.ts'
import type { Input } from './sources/inputs.ts'
import { expectUsable, realFolder, resolveTarget, type Target } from './target.ts'
import { VERSION } from './version.ts'
import type { Work } from './work.ts'

export interface Job {
  readonly items: readonly Item[]
  readonly work: Work
  /** All items of the sources, in their order; `items` are those of this shard. */
  readonly list: readonly Pick<Item, 'id'>[]
  readonly target: Target
  readonly shard: Shard | null
  /** Of the ledger. */
  readonly name: string
  readonly engine: EngineOptions
  readonly parallel: Parallelism
  readonly write: WriteTensorOptions
  /** What the results depend on beside the inputs. */
  readonly identity: Identity
  readonly restart: boolean
  readonly verify: boolean
  readonly retryFailed: boolean
  /** Repetitions of an item whose failure may pass. */
  readonly retries: number
  /** More failures than these end the run. */
  readonly mayFail: number
  /** Pictures of more are refused by their header. */
  readonly maxPixels: number | undefined
  readonly timeoutMs: number | undefined
  readonly limitMs: number | undefined
}

/**
 * Finds the inputs and names the outputs.
 * @throws NOT_FOUND for an input that is not there, OPTION and others for what cannot be done.
 */
export async function resolveJob(
  work: Work,
  flags: BatchFlags,
  sources: readonly string[],
  shard: Shard | null = flags.shard ?? shardFrom(process.env),
): Promise<Job> {
  const { format, quality } = flags
  if (quality !== undefined && format !== 'jpg' && format !== 'webp')
    throw new WeftError('OPTION', '--quality goes with --format jpg or --format webp')
  const target = await resolveTarget(flags.output, format, work.usualFormat)
  await expectUsable(target)
  const except = target.joined === null ? target.real : await realFolder(target.state)
  const inputs = await findInputs(sources, {
    except,
    batchAxis: flags.batchAxis,
    range: rangeOf(flags),
    maxPixels: flags.maxPixels,
    whole: work.whole ?? false,
  })
  return jobOf(work, flags, target, inputs, shard)
}

/**
 * The job of inputs that are known, or of those of them that are the shard's.
 * @throws OPTION for what cannot be done
 */
export function jobOf(work: Work, flags: BatchFlags, target: Target, inputs: readonly Input[], shard: Shard | null): Job {
  const { format, quality } = flags
  const formatFor = (input: Input): OutputFormat => target.joined?.format ?? format ?? work.naturalFormat(input)
  for (const input of inputs) if (input.problem === undefined) work.expectWritable(input, formatFor(input))
  const items = nameOutputs(inputs, target, formatFor)
  const own = shard === null ? items : items.filter(({ id }) => isOf(id, shard))
  const engine = engineOptions(flags)
  const { tier, parallel = 'auto' } = flags
  return Object.freeze({
    items: Object.freeze(own),
    work,
    list: items,
    target,
    shard,
    name: ledgerName(shard),
    engine,
    parallel: parallel === 'auto' ? (own.length < engine.threads ? 'channels' : 'items') : parallel,
    write: Object.freeze(quality === undefined ? {} : { quality }),
    identity: identityOf({
      weft: VERSION,
      ...work.identity,
      format: target.joined?.format ?? format ?? 'auto',
      quality: quality ?? null,
      batchAxis: flags.batchAxis ?? null,
      tier: tier ?? tierOfEnvironment(),
    }),
    restart: flags.restart ?? false,
    verify: flags.verify ?? false,
    retryFailed: flags.retryFailed ?? false,
    retries: flags.retries ?? 0,
    mayFail: mayFail(flags.haltAfter, own.length),
    maxPixels: flags.maxPixels,
    timeoutMs: milliseconds(flags.timeout),
    limitMs: milliseconds(flags.timeLimit),
  })
}

/** Of the engine that a run with such flags takes. */
export function engineOptions({
  threads = availableParallelism(),
  tier,
}: Pick<BatchFlags, 'threads' | 'tier'>): EngineOptions & { readonly threads: number } {
  const codeFolder = ownFolder()
  return Object.freeze({ threads, ...(tier === undefined ? {} : { tier }), ...(codeFolder === null ? {} : { codeFolder }) })
}

function rangeOf({ every, from, to }: BatchFlags): FrameRange {
  if (to !== undefined && to <= (from ?? 0)) throw new WeftError('OPTION', `--from ${from ?? 0} --to ${to} leaves no frame`)
  return { every, from, to }
}

/** `--halt-after 5` ends with the fifth failure, `5%` with the first past five in a hundred of all items. */
function mayFail(halt: Share | undefined, items: number): number {
  if (halt === undefined) return Number.POSITIVE_INFINITY
  return halt.percent ? Math.floor((halt.value * items) / 100) : halt.value - 1
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000
}
