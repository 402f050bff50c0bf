// The job: work, flags and sources resolved to everything that a run needs, frozen before anything is written.
import { availableParallelism } from 'node:os'
import { WeftError } from '@weft/core'
import type { WriteTensorOptions } from '@weft/io'
import type { EngineOptions, Parallelism } from '@weft/parallel'
import type { BatchFlags } from './flag-types.ts'
import { findInputs, type Input } from './inputs.ts'
import { type Item, nameOutputs, type OutputFormat, realFolder } from './outputs.ts'
import type { Work } from './work.ts'

export interface Job {
  readonly items: readonly Item[]
  readonly work: Work
  /** The output folder as the user wrote it. */
  readonly folder: string
  readonly engine: EngineOptions
  readonly parallel: Parallelism
  readonly write: WriteTensorOptions
}

/**
 * Finds the inputs and names the outputs.
 * @throws NOT_FOUND for an input that is not there, OPTION and others for what cannot be done.
 */
export async function resolveJob(work: Work, flags: BatchFlags, sources: readonly string[]): Promise<Job> {
  const { format, quality } = flags
  if (quality !== undefined && format !== 'jpg' && format !== 'webp')
    throw new WeftError('OPTION', '--quality goes with --format jpg or --format webp')
  const target = { folder: flags.output, real: await realFolder(flags.output) }
  const inputs = await findInputs(sources, target.real)
  const formatFor = (input: Input): OutputFormat => format ?? work.naturalFormat(input)
  for (const input of inputs) work.expectWritable(input, formatFor(input))
  const items = nameOutputs(inputs, target, formatFor)
  const { threads = availableParallelism(), tier, parallel = 'auto' } = flags
  return Object.freeze({
    items: Object.freeze(items),
    work,
    folder: flags.output,
    engine: Object.freeze({ threads, ...(tier === undefined ? {} : { tier }) }),
    parallel: parallel === 'auto' ? (items.length < threads ? 'channels' : 'items') : parallel,
    write: Object.freeze(quality === undefined ? {} : { quality }),
  })
}
