// Every flag of the commands: how its text is read, and what it is for.

import type { FlagParametersForType } from '@stricli/core'
import { NUMERICS, PADDING_MODES, TIER_CHOICES } from '@weft/core'
import { PRESET_NAMES } from './conv/presets.ts'
import type { BatchFlags, ConvFlags, ExplainFlags, OutputFlags } from './flag-types.ts'
import { OUTPUT_FORMATS } from './outputs.ts'
import { parseShard } from './shard.ts'
import { activation, padding, perAxis, seconds, share, text, wholeNumber } from './values.ts'

/** A flag that only is there or is not. */
const switchedOn = (brief: string) => ({ kind: 'boolean', optional: true, withNegated: false, brief }) as const

const tier = {
  kind: 'enum',
  values: TIER_CHOICES,
  optional: true,
  placeholder: 'NAME',
  brief: `instructions to compute with: ${TIER_CHOICES.join(', ')}; auto is the fastest that gives right results here`,
} as const

export const EXPLAIN_FLAGS: FlagParametersForType<ExplainFlags> = {
  tier,
  json: switchedOn('the same as one line of JSON'),
}

/** What the commands that look at an output do. */
export const OUTPUT_COMMANDS = {
  status: 'how far a run is, while it is made or after',
  failed: 'the items that failed, as a list that can be given back: weft failed out | weft conv - -o out ...',
  merge: 'check that shards together did every item once, and join their one file for all',
} as const
export const COMMANDS: readonly string[] = ['conv', 'explain', ...Object.keys(OUTPUT_COMMANDS)]

export const OUTPUT_FLAGS: FlagParametersForType<OutputFlags> = { json: switchedOn('lines of JSON') }

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
  quiet: switchedOn('no progress and no summary; failures are still named'),
  verbose: switchedOn('say which tier and kernels run, and why not faster ones'),
}

export const CONV_FLAGS: FlagParametersForType<ConvFlags> = {
  kernel: {
    kind: 'enum',
    values: PRESET_NAMES,
    optional: true,
    placeholder: 'NAME',
    brief: 'a ready-made kernel from the list above, to each channel alone',
  },
  weight: {
    kind: 'parsed',
    parse: text,
    optional: true,
    placeholder: 'TENSOR',
    brief: 'weights of your own, (out, in / groups, ...kernel): w.npy, or w.safetensors:conv1.weight',
  },
  bias: {
    kind: 'parsed',
    parse: text,
    optional: true,
    placeholder: 'TENSOR',
    brief: 'one number an output channel, with --weight',
  },
  stride: {
    kind: 'parsed',
    parse: perAxis(1),
    optional: true,
    placeholder: 'N',
    brief: 'the step: 2, or one an axis as in 2,1; 1 unless told',
  },
  padding: {
    kind: 'parsed',
    parse: padding,
    optional: true,
    placeholder: 'P',
    brief: 'same, valid, a number, one an axis (1,2), or before+after of each axis (0+1,2+2); same with --kernel, else 0',
  },
  paddingMode: {
    kind: 'enum',
    values: PADDING_MODES,
    optional: true,
    placeholder: 'MODE',
    brief: `${PADDING_MODES.join(', ')}; replicate with --kernel, so that borders do not go dark, else zeros`,
  },
  dilation: {
    kind: 'parsed',
    parse: perAxis(1),
    optional: true,
    placeholder: 'N',
    brief: 'distance between taps; 1 unless told',
  },
  groups: {
    kind: 'parsed',
    parse: wholeNumber(1, 2 ** 20),
    optional: true,
    placeholder: 'N',
    brief: 'groups of channels, with --weight; 1 unless told',
  },
  activation: {
    kind: 'parsed',
    parse: activation,
    optional: true,
    placeholder: 'NAME',
    brief: 'relu, relu6, sigmoid, hardSwish, leakyRelu:0.2 or clip:0,6, with --weight',
  },
  numerics: {
    kind: 'enum',
    values: NUMERICS,
    optional: true,
    placeholder: 'NAME',
    brief: 'fast, or strict: no algorithm that multiplies less and rounds more, as Winograd; fast unless told',
  },
  channels: {
    kind: 'enum',
    values: ['gray', 'rgb', 'rgba'],
    optional: true,
    placeholder: 'NAME',
    brief:
      'read pictures as gray, rgb or rgba; as many channels as the weight takes, else rgb. With --kernel the opacity of rgba stays as it is',
  },
  ...BATCH_FLAGS,
}

/** The letters of flags that have one. */
export const ALIASES = { o: 'output', q: 'quiet' } as const

/** The order of `--help`. */
export const SECTIONS: readonly (readonly [string, readonly (keyof ConvFlags)[]])[] = [
  [
    'WHAT TO COMPUTE',
    ['kernel', 'weight', 'bias', 'stride', 'padding', 'paddingMode', 'dilation', 'groups', 'activation', 'numerics'],
  ],
  ['FILES', ['output', 'channels', 'batchAxis', 'maxPixels', 'format', 'quality']],
  ['STARTING AGAIN', ['restart', 'verify', 'retryFailed', 'dryRun', 'retries', 'haltAfter', 'timeout', 'timeLimit']],
  ['RUNNING', ['threads', 'tier', 'parallel', 'shard', 'json', 'summary', 'quiet', 'verbose']],
]
