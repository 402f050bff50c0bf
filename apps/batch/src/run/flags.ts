// The flags of `weft run` that say what goes into the network and what comes of it.
import type { FlagParametersForType } from '@stricli/core'
import { BATCH_FLAGS, switchedOn } from '../batch-flags.ts'
import type { BatchFlags } from '../flag-types.ts'
import { ALL_SECTIONS, type Section } from '../sections.ts'
import { text, wholeNumber } from '../values.ts'
import { SCORES } from './kinds/kind.ts'
import { KIND_NAMES, type KindName } from './kinds/kinds.ts'
import { COLOURS, FITS, LAYOUTS, PRESET_NAMES, type Preprocessing, type PresetName } from './preprocess.ts'
import { names, numbers, pair, size } from './values.ts'

export interface OwnRunFlags {
  readonly preset?: PresetName | undefined
  readonly size?: readonly [number, number] | undefined
  readonly fit?: Preprocessing['fit'] | undefined
  readonly multiple?: number | undefined
  readonly scale?: readonly number[] | undefined
  readonly mean?: readonly number[] | undefined
  readonly std?: readonly number[] | undefined
  readonly colour?: Preprocessing['colour'] | undefined
  readonly layout?: Preprocessing['layout'] | undefined
  readonly as?: KindName | undefined
  readonly outputs?: readonly string[] | undefined
  readonly top?: number | undefined
  readonly labels?: string | undefined
  readonly scores?: (typeof SCORES)[number] | undefined
  readonly channel?: number | undefined
  readonly range?: readonly [number, number] | undefined
  readonly save?: boolean | undefined
}
export type RunFlags = OwnRunFlags & BatchFlags

const parsed = <T>(parse: (text: string) => T, placeholder: string, brief: string) =>
  ({ kind: 'parsed', parse, optional: true, placeholder, brief }) as const
const choice = <T extends string>(values: readonly T[], brief: string) =>
  ({ kind: 'enum', values, optional: true, placeholder: 'NAME', brief }) as const

const OWN_FLAGS: FlagParametersForType<OwnRunFlags> = {
  preset: choice(PRESET_NAMES, 'what pictures become, from the list above; the flags below change single things of it'),
  size: parsed(
    size,
    'WxH',
    'width and height of the picture that the network gets; with --fit keep its longest side, at most 960 unless told, of any length with --as image. The size that the network takes, where it takes only one',
  ),
  fit: choice(
    FITS,
    'stretch; crop: fill the size and cut off the rest; pad: fit into it and leave the rest black; keep: in its proportions, as for networks of any size',
  ),
  multiple: parsed(wholeNumber(1, 4096), 'N', 'with --fit keep: sides are multiples of this; 32 unless told, 1 with --as image'),
  scale: parsed(numbers(1), 'S', 'numbers are (p * S - mean) / std for samples p of 0 to 1; 1 unless told'),
  mean: parsed(numbers(3), 'M', 'one, or one a channel as in 0.485,0.456,0.406'),
  std: parsed(numbers(3), 'D', 'one, or one a channel'),
  colour: choice(COLOURS, 'the order of channels; rgb, or gray where the network takes one channel'),
  layout: choice(LAYOUTS, 'where the channels are, if the network does not say'),
  as: choice(KIND_NAMES, 'what comes of the outputs, from the list above; top with --labels or --top, else tensors'),
  outputs: parsed(names, 'NAMES', 'of the outputs only these, with commas between'),
  top: parsed(wholeNumber(1, 1_000_000), 'K', 'how many classes are listed; 5 unless told'),
  labels: parsed(text, 'FILE', 'names of the classes: one a line, or JSON'),
  scores: choice(SCORES, 'raw, or softmax; auto takes softmax unless all are from 0 to 1'),
  channel: parsed(wholeNumber(0, 1_000_000), 'N', 'the channel that a heat map shows, from 0'),
  range: parsed(pair, 'A,B', 'what is drawn as 0 and as 1 in images and heat maps'),
  save: switchedOn('keep what these flags say beside the model (model.weft.json), where later runs find it'),
}

export const RUN_FLAGS: FlagParametersForType<RunFlags> = { ...OWN_FLAGS, ...BATCH_FLAGS }

export const RUN_SECTIONS: readonly Section<keyof RunFlags>[] = [
  ['PICTURES', ['preset', 'size', 'fit', 'multiple', 'scale', 'mean', 'std', 'colour', 'layout']],
  ['RESULTS', ['as', 'outputs', 'labels', 'top', 'scores', 'channel', 'range', 'save']],
  ...ALL_SECTIONS,
]
