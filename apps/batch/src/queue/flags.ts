// The flags of `weft submit` and `weft worker`.
import type { FlagParametersForType } from '@stricli/core'
import { BATCH_FLAGS, switchedOn } from '../batch-flags.ts'
import type { BatchFlags, ConvFlags } from '../flag-types.ts'
import { CONV_FLAGS } from '../flags.ts'
import { RUN_FLAGS, type RunFlags } from '../run/flags.ts'
import type { Section } from '../sections.ts'
import { seconds, text, wholeNumber } from '../values.ts'
import { type Address, queueAddress } from './connection.ts'
import { MOST_ITEMS } from './data.ts'

/** What belongs to one process that does the items itself. */
const LOCAL = [
  'threads',
  'parallel',
  'shard',
  'summary',
  'verify',
  'retryFailed',
  'dryRun',
  'haltAfter',
  'timeLimit',
  'json',
  'log',
  'quiet',
  'verbose',
] as const
type Local = (typeof LOCAL)[number]

export interface SubmitOwnFlags {
  readonly queue: Address
  readonly folder?: string | undefined
  readonly chunk?: number | undefined
  readonly json?: boolean | undefined
}
export type SubmitBatchFlags = Omit<BatchFlags, Local>
export type SubmitConvFlags = SubmitOwnFlags & Omit<ConvFlags, Local>
export type SubmitRunFlags = SubmitOwnFlags & Omit<RunFlags, Local | 'save'>

export interface WorkerFlags {
  readonly queue: Address
  readonly folder?: string | undefined
  readonly threads?: number | undefined
  readonly lock?: number | undefined
}

const queue = {
  kind: 'parsed',
  parse: queueAddress,
  placeholder: 'URL',
  brief: 'the Redis server and database, as in redis://host:6379/0 (needed)',
} as const

const folder = {
  kind: 'parsed',
  parse: text,
  optional: true,
  placeholder: 'FOLDER',
  brief:
    'the folder that all machines share, wherever each has it: nothing else is read or written; the working folder unless told',
} as const

export const DEFAULT_CHUNK = 32
export const DEFAULT_LOCK_S = 30

const SUBMIT_OWN: FlagParametersForType<SubmitOwnFlags> = {
  queue,
  folder,
  chunk: {
    kind: 'parsed',
    parse: wholeNumber(1, MOST_ITEMS / 2),
    optional: true,
    placeholder: 'N',
    brief: `about so many items a chunk, ${DEFAULT_CHUNK} unless told: what a worker takes at a time`,
  },
  json: switchedOn('the same as one line of JSON'),
}

export const SUBMIT_CONV_FLAGS: FlagParametersForType<SubmitConvFlags> = { ...without(CONV_FLAGS, LOCAL), ...SUBMIT_OWN }
export const SUBMIT_RUN_FLAGS: FlagParametersForType<SubmitRunFlags> = {
  ...without(RUN_FLAGS, [...LOCAL, 'save'] as const),
  ...SUBMIT_OWN,
}
/** Of both, for `--help`. */
export const SUBMIT_COMMON_FLAGS: FlagParametersForType<SubmitOwnFlags & SubmitBatchFlags> = {
  ...without(BATCH_FLAGS, LOCAL),
  ...SUBMIT_OWN,
}

export const WORKER_FLAGS: FlagParametersForType<WorkerFlags> = {
  queue,
  folder,
  threads: BATCH_FLAGS.threads,
  lock: {
    kind: 'parsed',
    parse: seconds,
    optional: true,
    placeholder: 'SECONDS',
    brief: `a worker that is silent for so long is taken for dead, and its chunk given to another; ${DEFAULT_LOCK_S} unless told`,
  },
}

export const SUBMIT_SECTIONS: readonly Section<keyof (SubmitOwnFlags & SubmitBatchFlags)>[] = [
  ['QUEUE', ['queue', 'folder', 'chunk']],
  ['FILES', ['output', 'batchAxis', 'every', 'from', 'to', 'maxPixels', 'format', 'quality']],
  ['RUNNING', ['tier', 'retries', 'timeout', 'restart', 'json']],
]

function without<T extends object, K extends keyof T>(flags: T, names: readonly K[]): Omit<T, K> {
  const kept = Object.entries(flags).filter(([name]) => !names.includes(name as K))
  return Object.fromEntries(kept) as Omit<T, K>
}
