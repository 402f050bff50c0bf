// The flags of every command that runs a batch.
import type { FlagParametersForType } from '@stricli/core'
import { TIER_CHOICES } from '@weft/core'
import type { BatchFlags } from './flag-types.ts'
import { OUTPUT_FORMATS } from './outputs.ts'
import { parseShard } from './shard.ts'
import { moment, seconds, share, text, wholeNumber } from './values.ts'

/** A flag that only is there or is not. */
export const switchedOn = (brief: string) => ({ kind: 'boolean', optional: true, withNegated: false, brief }) as const

export const tier = {
  kind: 'enum',
  values: TIER_CHOICES,
  optional: true,
  placeholder: 'NAME',
  brief: `instructions to compute with: ${TIER_CHOICES.join(', ')}; auto is the fastest that gives right results here`,
} as const

/** Those of every command that runs a batch. */
export const BATCH_FLAGS: FlagParametersForType<BatchFlags> = {
  output: {
    kind: 'parsed',
    parse: text,
    placeholder: 'OUTPUT',
    brief:
      'a folder for the results, made if it is not there; or one file for all: all.npz, .safetensors, .jsonl, or .npy (needed)',
  },
  format: {
    kind: 'enum',
    values: OUTPUT_FORMATS,
    optional: true,
    placeholder: 'NAME',
    brief: `${OUTPUT_FORMATS.join(', ')}; unless told png for pictures, npy for tensors and where the results have not 1, 3 or 4 channels`,
  },
  quality: {
    kind: 'parsed',
    parse: wholeNumber(1, 100),
    optional: true,
    placeholder: 'N',
    brief: '1 to 100, of jpg (90 unless told) and webp (lossless unless told)',
  },
  batchAxis: {
    kind: 'parsed',
    parse: wholeNumber(0, 63),
    optional: true,
    placeholder: 'N',
    brief: 'cut .npy files along this axis, counted from 0: each slice is an item',
  },
  every: {
    kind: 'parsed',
    parse: wholeNumber(1, 10_000_000),
    optional: true,
    placeholder: 'N',
    brief: 'of videos the first of each N frames; every frame unless told',
  },
  from: {
    kind: 'parsed',
    parse: moment,
    optional: true,
    placeholder: 'SECONDS',
    brief: 'of videos only frames so long after the first, or later',
  },
  to: {
    kind: 'parsed',
    parse: moment,
    optional: true,
    placeholder: 'SECONDS',
    brief: 'of videos only frames before so long after the first',
  },
  maxPixels: {
    kind: 'parsed',
    parse: wholeNumber(1, Number.MAX_SAFE_INTEGER),
    optional: true,
    placeholder: 'N',
    brief: 'refuse a picture of more pixels before it is decoded; 268402689 (16383 x 16383) unless told',
  },
  threads: {
    kind: 'parsed',
    parse: wholeNumber(1, 1024),
    optional: true,
    placeholder: 'N',
    brief: 'worker threads; every core unless told',
  },
  tier,
  parallel: {
    kind: 'enum',
    values: ['auto', 'items', 'channels'],
    optional: true,
    placeholder: 'HOW',
    brief:
      'items: each thread has its own file; channels: all threads share one; auto takes channels when files are fewer than threads',
  },
  shard: {
    kind: 'parsed',
    parse: parseShard,
    optional: true,
    placeholder: 'I/N',
    brief: 'only the I-th of N parts of the items, from 1; also by JOB_COMPLETION_INDEX and WEFT_SHARDS, or of a Slurm array',
  },
  summary: {
    kind: 'parsed',
    parse: text,
    optional: true,
    placeholder: 'FILE',
    brief: 'write totals, times by stage and the machine there as JSON',
  },
  restart: switchedOn('forget what earlier runs did and do everything again'),
  verify: switchedOn('hash what was done before, inputs and results, instead of trusting sizes and times'),
  retryFailed: switchedOn('do only what failed before'),
  dryRun: switchedOn('say what would be done, how much it is and how long it would take; write nothing'),
  retries: {
    kind: 'parsed',
    parse: wholeNumber(0, 1000),
    optional: true,
    placeholder: 'N',
    brief: 'try an item again up to N times, after pauses that double, where another time may help; 0 unless told',
  },
  haltAfter: {
    kind: 'parsed',
    parse: share,
    optional: true,
    placeholder: 'N|P%',
    brief: 'begin nothing more once N items failed, or more than P in a hundred of all',
  },
  timeout: {
    kind: 'parsed',
    parse: seconds,
    optional: true,
    placeholder: 'SECONDS',
    brief: 'give an item up after so long, and go on with the others',
  },
  timeLimit: {
    kind: 'parsed',
    parse: seconds,
    optional: true,
    placeholder: 'SECONDS',
    brief: 'begin nothing more after so long, and end with exit code 10',
  },
  json: switchedOn('a line of JSON for each item and one for the whole, nothing else on standard output'),
  log: {
    kind: 'enum',
    values: ['json'],
    optional: true,
    placeholder: 'json',
    brief: 'on standard error a line of JSON for each event, for collectors of logs, and neither progress nor words',
  },
  quiet: switchedOn('no progress and no summary; failures are still named'),
  verbose: switchedOn('say which tier and kernels run, and why not faster ones'),
}
