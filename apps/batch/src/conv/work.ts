// `weft conv` as work for a batch: one convolution, prepared once for each shape of input.
import { createHash } from 'node:crypto'
import { checkWeights, type Tensor, WeftError } from '@weft/core'
import { readTensorAt } from '@weft/io'
import type { ConvFlags } from '../flag-types.ts'
import type { OutputFormat } from '../outputs.ts'
import type { Input } from '../sources/inputs.ts'
import type { Plain, Work } from '../work.ts'
import { ConvStation } from './convolve.ts'
import { type Options, resolveOptions } from './options.ts'
import { PRESETS } from './presets.ts'
import { presetRecipe, type Recipe, weightRecipe } from './recipe.ts'

/** The channels that a picture can have. */
const PICTURE_CHANNELS = [1, 3, 4]

/** Reads the weights. @throws NOT_FOUND for a weight that is not there, OPTION, SHAPE and others for what cannot be done. */
export async function convWork(flags: ConvFlags): Promise<Work> {
  const options = resolveOptions(flags)
  const { recipe, operands } = await resolveRecipe(options)
  return Object.freeze({
    name: recipe.name,
    identity: { command: 'conv', ...operands, options: options.conv as Plain, channels: recipe.channels },
    naturalFormat: (input: Input) => naturalFormat(input, recipe),
    expectWritable: (input: Input, format: OutputFormat) => expectWritable(input, format, recipe),
    open: (shop) => new ConvStation(recipe, shop),
  } satisfies Work)
}

async function resolveRecipe(options: Options): Promise<{ recipe: Recipe; operands: Record<string, Plain> }> {
  const { operands, conv, channels } = options
  if ('kernel' in operands) {
    const preset = PRESETS[operands.kernel]
    const { about: _, ...numbers } = preset
    return { recipe: presetRecipe(operands.kernel, preset, conv, channels), operands: { kernel: operands.kernel, ...numbers } }
  }
  const weight = await readTensorAt(operands.weight)
  const bias = operands.bias === null ? null : await readTensorAt(operands.bias)
  const params = { ...checkWeights(weight, bias, weight.shape[0]), ...conv }
  return {
    recipe: weightRecipe(operands.weight, params, channels),
    operands: { weight: digest(weight), bias: bias === null ? null : digest(bias) },
  }
}

/** Of the numbers, not of the file: the same weights in another format are the same work. */
function digest({ shape, data }: Tensor): string {
  return createHash('sha256').update(`${shape}:`).update(data).digest('hex')
}

function naturalFormat(input: Input, { pictureOutputs }: Recipe): OutputFormat {
  return input.picture && PICTURE_CHANNELS.includes(pictureOutputs) ? 'png' : 'npy'
}

function expectWritable(input: Input, format: OutputFormat, { name, pictureOutputs }: Recipe): void {
  if (!input.picture || !['png', 'jpg', 'webp', 'tiff'].includes(format)) return
  const allowed = format === 'jpg' ? [1, 3] : PICTURE_CHANNELS
  if (allowed.includes(pictureOutputs)) return
  const problem = `${name} gives ${pictureOutputs} channels; a ${format} has ${allowed.join(' or ')}`
  throw new WeftError('OPTION', `${problem}: write npy or safetensors${pictureOutputs === 4 ? ', png, webp or tiff' : ''}`, {
    channels: pictureOutputs,
  })
}
