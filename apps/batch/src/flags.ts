// Every flag of the commands: how its text is read, and what it is for.

import type { FlagParametersForType } from '@stricli/core'
import { NUMERICS, PADDING_MODES } from '@weft/core'
import { BATCH_FLAGS, switchedOn, tier } from './batch-flags.ts'
import { PRESET_NAMES } from './conv/presets.ts'
import type { ConvFlags, DoctorFlags, ExplainFlags, OutputFlags, StatusFlags } from './flag-types.ts'
import { queueAddress } from './queue/connection.ts'
import { ALL_SECTIONS, type Section } from './sections.ts'
import { activation, padding, perAxis, text, wholeNumber } from './values.ts'

export const EXPLAIN_FLAGS: FlagParametersForType<ExplainFlags> = {
  shape: {
    kind: 'parsed',
    parse: text,
    variadic: true,
    optional: true,
    placeholder: 'SHAPE',
    brief: 'of a network: the shape of its input as in 1x3x224x224, or of one of several as in x=1x3x224x224',
  },
  passes: switchedOn('of a network: what each pass over the graph did'),
  profile: switchedOn('of a network: run it, and tell how long each layer took'),
  trace: {
    kind: 'parsed',
    parse: text,
    optional: true,
    placeholder: 'FILE',
    brief: 'of a network: run it, and write when each worker did what, for chrome://tracing or ui.perfetto.dev',
  },
  threads: {
    kind: 'parsed',
    parse: wholeNumber(1, 1024),
    optional: true,
    placeholder: 'N',
    brief: 'worker threads of --profile and --trace; every core unless told',
  },
  tier,
  json: switchedOn('the same as one line of JSON'),
}

/** What the commands that look at an output do. */
export const OUTPUT_COMMANDS = {
  status: 'how far a run is, while it is made or after',
  failed: 'the items that failed, as a list that can be given back: weft failed out | weft conv - -o out ...',
  merge: 'check that shards together did every item once, and join their one file for all',
} as const
export const COMMANDS: readonly string[] = [
  'conv',
  'run',
  'explain',
  'submit',
  'worker',
  ...Object.keys(OUTPUT_COMMANDS),
  'doctor',
  'completions',
]

export const OUTPUT_FLAGS: FlagParametersForType<OutputFlags> = { json: switchedOn('lines of JSON') }
export const STATUS_FLAGS: FlagParametersForType<StatusFlags> = {
  queue: {
    kind: 'parsed',
    parse: queueAddress,
    optional: true,
    placeholder: 'URL',
    brief: 'in place of OUTPUT a queue: what waits, is active and failed there, and how fast each worker is',
  },
  ...OUTPUT_FLAGS,
}

export const DOCTOR_FLAGS: FlagParametersForType<DoctorFlags> = {
  queue: {
    kind: 'parsed',
    parse: queueAddress,
    optional: true,
    placeholder: 'URL',
    brief: 'a Redis server that must answer, as redis://host:6379',
  },
  json: switchedOn('the same as one line of JSON'),
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
    brief: 'relu, relu6, sigmoid, silu, hardSwish, leakyRelu:0.2 or clip:0,6, with --weight',
  },
  numerics: {
    kind: 'enum',
    values: NUMERICS,
    optional: true,
    placeholder: 'NAME',
    brief:
      'fast, float32: no matrix unit, or strict: nor an algorithm that multiplies less and rounds more, as Winograd; fast unless told',
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

/** The order of `weft conv --help`. */
export const CONV_SECTIONS: readonly Section<keyof ConvFlags>[] = [
  [
    'WHAT TO COMPUTE',
    ['kernel', 'weight', 'bias', 'stride', 'padding', 'paddingMode', 'dilation', 'groups', 'activation', 'numerics', 'channels'],
  ],
  ...ALL_SECTIONS,
]
