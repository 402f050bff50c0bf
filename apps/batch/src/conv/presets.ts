// The kernels that `--kernel` knows, as a table: what each is for, its taps, and what makes a picture of its numbers.
import { Tensor } from '@weft/core'

export interface Preset {
  readonly about: string
  /** One filter or two, each (height, width), multiplied by `scale`. */
  readonly filters: readonly (readonly (readonly number[])[])[]
  readonly scale: number
  /** Added to every output: 0.5 is mid grey, the zero of signed results. */
  readonly offset: number
}

const BINOMIAL = [1, 4, 6, 4, 1]

export const PRESETS = {
  identity: { about: 'the picture as it is: to change its format', filters: [[[1]]], scale: 1, offset: 0 },
  blur: {
    about: 'a soft 5x5 blur, the binomial (1 4 6 4 1) both ways / 256',
    filters: [BINOMIAL.map((row) => BINOMIAL.map((column) => row * column))],
    scale: 1 / 256,
    offset: 0,
  },
  sharpen: {
    about: '5 times the pixel less its four neighbours',
    filters: [
      [
        [0, -1, 0],
        [-1, 5, -1],
        [0, -1, 0],
      ],
    ],
    scale: 1,
    offset: 0,
  },
  sobel: {
    about:
      'how steep the picture is: both Sobel directions as two outputs a channel, joined as sqrt(gx^2 + gy^2) / 2; an edge of half the range gives white',
    filters: [
      [
        [-1, 0, 1],
        [-2, 0, 2],
        [-1, 0, 1],
      ],
      [
        [-1, -2, -1],
        [0, 0, 0],
        [1, 2, 1],
      ],
    ],
    scale: 1 / 2,
    offset: 0,
  },
  laplace: {
    about: 'the four neighbours less 4 times the pixel, around mid grey',
    filters: [
      [
        [0, 1, 0],
        [1, -4, 1],
        [0, 1, 0],
      ],
    ],
    scale: 1,
    offset: 0.5,
  },
  emboss: {
    about: 'a relief lit from the upper left, around mid grey',
    filters: [
      [
        [-1, -1, 0],
        [-1, 0, 1],
        [0, 1, 1],
      ],
    ],
    scale: 1 / 2,
    offset: 0.5,
  },
  edge: {
    about:
      "the lecture's vertical edge detector [1, -1], / 2, around mid grey: darker where black turns white, lighter where white turns black",
    filters: [[[1, -1]]],
    scale: 1 / 2,
    offset: 0.5,
  },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof PRESETS
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[]

/**
 * Weight and bias that apply a preset to each of `channels` alone (groups = channels). With `keepLast` the last channel, the
 * opacity of a picture, goes through as it is.
 */
export function presetOperands(preset: Preset, channels: number, keepLast: boolean): { weight: Tensor; bias: Tensor | null } {
  const { filters, scale, offset } = preset
  const [height, width] = [filters[0].length, filters[0][0].length]
  const taps = filters.flat(2).map((tap) => tap * scale)
  const weight = new Float32Array(channels * taps.length)
  const bias = new Float32Array(channels * filters.length).fill(offset)
  for (let channel = 0; channel < channels; channel++) weight.set(taps, channel * taps.length)
  if (keepLast) {
    const centre = ((height - 1) >> 1) * width + ((width - 1) >> 1)
    weight.fill(0, (channels - 1) * taps.length)
    weight[(channels - 1) * taps.length + centre] = 1
    bias.fill(0, (channels - 1) * filters.length)
  }
  return {
    weight: new Tensor(weight, [channels * filters.length, 1, height, width]),
    bias: offset === 0 ? null : new Tensor(bias, [channels * filters.length]),
  }
}
