// The job: flags resolved to everything that a run needs, frozen before anything is written.
import { availableParallelism } from 'node:os'
import { checkWeights, WeftError } from '@weft/core'
import { readTensorAt, type WriteTensorOptions } from '@weft/io'
import type { EngineOptions, Parallelism } from '@weft/parallel'
import { findInputs, type Input } from './inputs.ts'
import type { Options } from './options.ts'
import { type Item, nameOutputs, type OutputFormat, realFolder } from './outputs.ts'
import { PRESETS } from './presets.ts'
import { presetRecipe, type Recipe, weightRecipe } from './recipe.ts'

export interface Job {
  readonly items: readonly Item[]
  readonly recipe: Recipe
  /** The output folder as the user wrote it. */
  readonly folder: string
  readonly engine: EngineOptions
  readonly parallel: Parallelism
  readonly write: WriteTensorOptions
}

/**
 * Reads the weights, finds the inputs and names the outputs.
 * @throws NOT_FOUND for a weight or an input that is not there, OPTION, SHAPE and others for what cannot be done.
 */
export async function resolveJob(options: Options, sources: readonly string[]): Promise<Job> {
  const recipe = await resolveRecipe(options)
  const target = { folder: options.output, real: await realFolder(options.output) }
  const inputs = await findInputs(sources, target.real)
  const formatFor = (input: Input): OutputFormat => options.format ?? naturalFormat(input, recipe)
  for (const input of inputs) expectWritable(input, formatFor(input), recipe)
  const items = nameOutputs(inputs, target, formatFor)
  const { threads = availableParallelism(), tier, parallel = 'auto', quality } = options
  return Object.freeze({
    items: Object.freeze(items),
    recipe,
    folder: options.output,
    engine: Object.freeze({ threads, ...(tier === undefined ? {} : { tier }) }),
    parallel: parallel === 'auto' ? (items.length < threads ? 'channels' : 'items') : parallel,
    write: Object.freeze(quality === undefined ? {} : { quality }),
  })
}

async function resolveRecipe({ operands, conv, channels }: Options): Promise<Recipe> {
  if ('kernel' in operands) return presetRecipe(operands.kernel, PRESETS[operands.kernel], conv, channels)
  const weight = await readTensorAt(operands.weight)
  const bias = operands.bias === null ? null : await readTensorAt(operands.bias)
  return weightRecipe(operands.weight, { ...checkWeights(weight, bias, weight.shape[0]), ...conv }, channels)
}

/** The channels that a picture can have. */
const PICTURE_CHANNELS = [1, 3, 4]

function naturalFormat(input: Input, { pictureOutputs }: Recipe): OutputFormat {
  return input.picture && PICTURE_CHANNELS.includes(pictureOutputs) ? 'png' : 'npy'
}

/** Refuses at once what would fail for every picture. */
function expectWritable(input: Input, format: OutputFormat, { name, pictureOutputs }: Recipe): void {
  if (!input.picture || format === 'npy' || format === 'safetensors') return
  const allowed = format === 'jpg' ? [1, 3] : PICTURE_CHANNELS
  if (allowed.includes(pictureOutputs)) return
  const problem = `${name} gives ${pictureOutputs} channels; a ${format} has ${allowed.join(' or ')}`
  throw new WeftError('OPTION', `${problem}: write npy or safetensors${pictureOutputs === 4 ? ', png, webp or tiff' : ''}`, {
    channels: pictureOutputs,
  })
}
