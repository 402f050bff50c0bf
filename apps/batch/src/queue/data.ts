// What a job on the queue holds, and its validation: whoever reaches Redis may have written it. It is never run, only read.
import { ACTIVATIONS, ERROR_CODES, type ErrorCode, NUMERICS, PADDING_MODES, TIER_CHOICES, WeftError } from '@weft/core'
import * as v from 'valibot'
import { PRESET_NAMES } from '../conv/presets.ts'
import { OUTPUT_FORMATS } from '../outputs.ts'
import { RUN_SETTINGS } from '../run/settings.ts'
import { MOST_SHARDS } from '../shard.ts'

export const MOST_ITEMS = 10_000

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))
const text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(8192))
const finite = v.pipe(v.number(), v.finite())
const perAxis = (least: number) => v.union([whole(least, 2 ** 20), v.pipe(v.array(whole(least, 2 ** 20)), v.maxLength(3))])
const optional = <T extends v.ObjectEntries>(entries: T) => v.partial(v.strictObject(entries))

/** Flags that every kind of work has. */
const COMMON = {
  format: v.picklist(OUTPUT_FORMATS),
  quality: whole(1, 100),
  batchAxis: whole(0, 63),
  maxPixels: whole(1, Number.MAX_SAFE_INTEGER),
  tier: v.picklist(TIER_CHOICES),
  retries: whole(0, 1000),
  timeout: v.pipe(finite, v.minValue(0.001), v.maxValue(2_000_000)),
}

const CONV = optional({
  ...COMMON,
  kernel: v.picklist(PRESET_NAMES),
  weight: text,
  bias: text,
  stride: perAxis(1),
  padding: v.union([
    v.picklist(['same', 'valid']),
    perAxis(0),
    v.pipe(v.array(v.tuple([whole(0, 2 ** 20), whole(0, 2 ** 20)])), v.maxLength(3)),
  ]),
  paddingMode: v.picklist(PADDING_MODES),
  dilation: perAxis(1),
  groups: whole(1, 2 ** 20),
  activation: v.union([
    v.picklist(ACTIVATIONS.filter((name) => name !== 'clip')),
    v.strictObject({ kind: v.literal('leakyRelu'), negativeSlope: finite }),
    v.strictObject({ kind: v.literal('clip'), min: finite, max: finite }),
  ]),
  numerics: v.picklist(NUMERICS),
  channels: v.picklist(['gray', 'rgb', 'rgba']),
})

const COMMAND = v.variant('command', [
  v.strictObject({ command: v.literal('conv'), flags: CONV }),
  v.strictObject({ command: v.literal('run'), model: text, flags: optional({ ...COMMON, ...RUN_SETTINGS.entries }) }),
])

const index = whole(0, Number.MAX_SAFE_INTEGER)
const ITEM = v.strictObject({
  path: text,
  id: text,
  part: v.optional(
    v.variant('kind', [
      v.strictObject({ kind: v.literal('entry'), name: text }),
      v.strictObject({ kind: v.picklist(['page', 'frame']), index }),
      v.strictObject({ kind: v.literal('slice'), axis: whole(0, 63), index }),
    ]),
  ),
  /** Why it cannot be read, found when the job was submitted. */
  problem: v.optional(v.strictObject({ code: v.picklist(Object.keys(ERROR_CODES) as ErrorCode[]), message: v.string() })),
})

const CHUNK = v.strictObject({
  work: COMMAND,
  output: text,
  /** Of the job: the worker's must be the same. */
  identity: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  shard: v.pipe(
    v.strictObject({ index: whole(1, MOST_SHARDS), count: whole(1, MOST_SHARDS) }),
    v.check(({ index, count }) => index <= count, 'there are not so many chunks'),
  ),
  items: v.pipe(v.array(ITEM), v.maxLength(MOST_ITEMS)),
})

/** Of the parent. */
const MERGE = v.strictObject({ output: text, chunks: whole(1, MOST_SHARDS), items: whole(0, Number.MAX_SAFE_INTEGER) })

export type CommandData = v.InferOutput<typeof COMMAND>
export type ItemData = v.InferOutput<typeof ITEM>
export type ChunkData = v.InferOutput<typeof CHUNK>
export type MergeData = v.InferOutput<typeof MERGE>

/** @throws OPTION */
export function chunkData(data: unknown): ChunkData {
  return checked(CHUNK, data)
}

/** @throws OPTION */
export function mergeData(data: unknown): MergeData {
  return checked(MERGE, data)
}

function checked<T extends v.GenericSchema>(schema: T, data: unknown): v.InferOutput<T> {
  const found = v.safeParse(schema, data)
  if (found.success) return found.output
  const [issue] = found.issues
  throw new WeftError('OPTION', `the data of the job is not weft's: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}`)
}
