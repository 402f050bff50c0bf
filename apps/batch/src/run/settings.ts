// The settings of a run of a network: from flags, from the file beside the model, and from what the model takes.
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { WeftError } from '@weft/core'
import { writeAtomically } from '@weft/io'
import type { ModelFile } from '@weft/model'
import * as v from 'valibot'
import type { OwnRunFlags, RunFlags } from './flags.ts'
import type { KindOptions } from './kinds/kind.ts'
import { SCORES } from './kinds/kind.ts'
import { KIND_NAMES, type KindName } from './kinds/kinds.ts'
import { readLabels } from './labels.ts'
import { type PicturePort, picturePort } from './port.ts'
import { COLOURS, FITS, LAYOUTS, PRESET_NAMES, PRESETS, type Preprocessing } from './preprocess.ts'

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536))
const finite = v.pipe(v.number(), v.finite())
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000))
const perChannel = v.pipe(
  v.array(finite),
  v.check((list) => list.length === 1 || list.length === 3, 'give 1 or 3 numbers'),
)

/** The file beside the model: the flags by their names. */
export const RUN_SETTINGS = v.partial(
  v.strictObject({
    preset: v.picklist(PRESET_NAMES),
    size: v.tuple([side, side]),
    fit: v.picklist(FITS),
    multiple: v.pipe(side, v.maxValue(4096)),
    scale: v.tuple([finite]),
    mean: perChannel,
    std: perChannel,
    colour: v.picklist(COLOURS),
    layout: v.picklist(LAYOUTS),
    as: v.picklist(KIND_NAMES),
    outputs: v.array(v.pipe(v.string(), v.nonEmpty())),
    top: v.pipe(count, v.minValue(1)),
    labels: v.pipe(v.string(), v.nonEmpty()),
    scores: v.picklist(SCORES),
    channel: count,
    range: v.tuple([finite, finite]),
  }),
)
type Stored = Omit<OwnRunFlags, 'save'>

export interface Settings {
  /** null where the network takes no picture. */
  readonly preprocessing: Preprocessing | null
  readonly kind: KindName
  readonly options: KindOptions
  /** Names of the outputs that are kept. */
  readonly outputs: readonly string[]
  /** Where what was not told came from. */
  readonly from: string | null
}

export function settingsPath(model: string): string {
  return join(dirname(model), `${basename(model).replace(/\.onnx$/i, '')}.weft.json`)
}

/** Flags count before the file, the file before what the model says. @throws OPTION, FORMAT, IO and what reading labels throws */
export async function resolveSettings(path: string, file: ModelFile, flags: RunFlags): Promise<Settings> {
  const stored = await readStored(settingsPath(path))
  const told = { ...stored, ...given(flags) }
  if (flags.labels === undefined && stored?.labels !== undefined) told.labels = join(dirname(path), stored.labels)
  const outputs = told.outputs ?? file.outputs.map(({ name }) => name)
  const known = file.outputs.map(({ name }) => name)
  const strange = outputs.find((name) => !known.includes(name))
  if (strange !== undefined)
    throw new WeftError('OPTION', `there is no output '${strange}'; ${file.name} has ${known.join(', ')}`)
  const kind = told.as ?? (told.labels !== undefined || told.top !== undefined ? 'top' : 'tensors')
  return Object.freeze({
    preprocessing: preprocessingFor(file, told),
    kind,
    options: {
      top: told.top ?? 5,
      labels: told.labels === undefined ? null : await readLabels(told.labels),
      scores: told.scores ?? 'auto',
      channel: told.channel ?? null,
      range: told.range ?? null,
    },
    outputs,
    from: stored === null ? null : settingsPath(path),
  })
}

/** Keeps the flags that were given, and what was kept before and is not told otherwise. */
export async function saveSettings(path: string, flags: RunFlags): Promise<string> {
  const place = settingsPath(path)
  if (flags.labels !== undefined && dirname(flags.labels) !== dirname(path)) {
    throw new WeftError('OPTION', `--save keeps labels that lie beside the model; ${flags.labels} does not`)
  }
  const labels = flags.labels === undefined ? {} : { labels: basename(flags.labels) }
  const stored = { ...(await readStored(place)), ...given(flags), ...labels }
  await writeAtomically(place, [Buffer.from(`${JSON.stringify(stored, null, 2)}\n`)])
  return place
}

async function readStored(path: string): Promise<Stored | null> {
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new WeftError('IO', `cannot read ${path}: ${(cause as Error).message}`, { path }, { cause })
  }
  try {
    return v.parse(RUN_SETTINGS, JSON.parse(content)) as Stored
  } catch (cause) {
    const where = v.isValiError(cause) ? `${v.getDotPath(cause.issues[0]) ?? 'it'}: ` : ''
    throw new WeftError('FORMAT', `${path}, ${where}${(cause as Error).message}`, { path }, { cause })
  }
}

const OWN = Object.keys(RUN_SETTINGS.entries) as (keyof Stored)[]

function given(flags: RunFlags): { -readonly [K in keyof Stored]: Stored[K] } {
  return Object.fromEntries(OWN.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])))
}

/** null where the network takes no picture, or several inputs. @throws OPTION for what the network does not take */
function preprocessingFor({ name, inputs }: ModelFile, told: Stored): Preprocessing | null {
  const port = inputs.length === 1 ? picturePort(inputs[0], told.layout) : null
  if (port === null) return null
  const preset = PRESETS[told.preset ?? 'unit'].settings
  const fixed = port.height !== null && port.width !== null ? ([port.height, port.width] as const) : null
  if (fixed !== null && told.size !== undefined && fixed.some((one, i) => one !== told.size?.[i])) {
    const [wanted, asked] = [fixed, told.size].map(([h, w]) => `${w} x ${h}`)
    throw new WeftError('OPTION', `${name} takes pictures of ${wanted} only; leave out the size ${asked}`)
  }
  const fit = told.fit ?? (fixed === null && told.size === undefined && told.preset === undefined ? 'keep' : preset.fit)
  if (fit === 'keep' && fixed !== null)
    throw new WeftError('OPTION', `${name} takes pictures of one size only; use another --fit than keep`)
  const usual = told.preset === 'imagenet' ? ([224, 224] as const) : null
  const size = fit === 'keep' ? null : (fixed ?? told.size ?? usual)
  if (size === null && fit !== 'keep')
    throw new WeftError('OPTION', `${name} takes pictures of any size; tell --size WxH, or --fit keep`)
  const std = told.std ?? preset.std
  if (std.includes(0)) throw new WeftError('OPTION', '--std has a 0, by which nothing can be divided')
  return {
    fit,
    size,
    shorter: preset.shorter,
    // A picture for a picture has the size of its own.
    longest: told.size !== undefined ? Math.max(...told.size) : told.as === 'image' ? null : 960,
    multiple: told.multiple ?? (told.as === 'image' ? 1 : 32),
    fill: 0,
    scale: told.scale?.[0] ?? preset.scale,
    mean: told.mean ?? preset.mean,
    std,
    colour: colourFor(name, port, told.colour, [told.mean ?? preset.mean, std]),
    layout: told.layout ?? port.layout,
  }
}

function colourFor(
  name: string,
  { channels }: PicturePort,
  told: Preprocessing['colour'] | undefined,
  lists: readonly (readonly number[])[],
): Preprocessing['colour'] {
  const colour = told ?? (channels === 1 ? 'gray' : 'rgb')
  const count = colour === 'gray' ? 1 : 3
  if (channels !== null && channels !== count) {
    const remedy = channels === 1 ? '--colour gray' : '--colour rgb or bgr'
    throw new WeftError('OPTION', `${name} takes ${channels} channels, not ${colour}; use ${remedy}`, { channels })
  }
  if (count === 1 && lists.some(({ length }) => length > 1))
    throw new WeftError('OPTION', `${name} takes one channel: give one --mean and one --std`)
  return colour
}
