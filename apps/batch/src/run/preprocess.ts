// Preprocessing: how a picture becomes the numbers that a network takes.
import type { Frame, Level } from '@weft/io'

export const FITS = ['stretch', 'crop', 'pad', 'keep'] as const
export const COLOURS = ['rgb', 'bgr', 'gray'] as const
export const LAYOUTS = ['nchw', 'nhwc'] as const

/** x = (p * scale - mean) / std for every sample p of 0 to 1. */
export interface Preprocessing {
  /**
   * stretch: to the size, whatever the proportions; crop: the shorter side to `shorter`, then the middle of it; pad: whole
   * within the size, the rest filled; keep: in its proportions, no side over `longest`, sides rounded to a multiple.
   */
  readonly fit: (typeof FITS)[number]
  /** Height and width; null with keep. */
  readonly size: readonly [number, number] | null
  /** With crop: the shorter side before it, as a multiple of the size. */
  readonly shorter: number
  /** With keep: the longest side, null where there is no bound, and what each side is a multiple of. */
  readonly longest: number | null
  readonly multiple: number
  /** With pad, 0 to 1. */
  readonly fill: number
  readonly scale: number
  /** A number for all channels, or one each. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
  readonly colour: (typeof COLOURS)[number]
  readonly layout: (typeof LAYOUTS)[number]
}

export type Preset = Pick<Preprocessing, 'fit' | 'shorter' | 'scale' | 'mean' | 'std'>

export const PRESETS = {
  unit: {
    about: 'numbers from 0 to 1, stretched to the size of the network',
    settings: { fit: 'stretch', shorter: 1, scale: 1, mean: [0], std: [1] },
  },
  imagenet: {
    about: 'as torchvision trains: the shorter side to 256/224 of the size, its middle, less the mean of ImageNet, by its spread',
    settings: {
      fit: 'crop',
      shorter: 256 / 224,
      scale: 1,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
  },
  raw: {
    about: 'numbers from 0 to 255, stretched to the size of the network',
    settings: { fit: 'stretch', shorter: 1, scale: 255, mean: [0], std: [1] },
  },
} as const satisfies Record<string, { about: string; settings: Preset }>
export type PresetName = keyof typeof PRESETS
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[]

/** The frame of a picture of this size. */
export function frameFor({ fit, size, shorter, longest, multiple, fill }: Preprocessing, width: number, height: number): Frame {
  if (fit === 'keep' || size === null) {
    const scale = longest === null ? 1 : Math.min(1, longest / Math.max(width, height))
    const rounded = (side: number): number => Math.max(multiple, Math.round((side * scale) / multiple) * multiple)
    return whole(rounded(width), rounded(height))
  }
  const [h, w] = size
  if (fit === 'stretch') return whole(w, h)
  const ratios = [w / width, h / height]
  const scale = fit === 'pad' ? Math.min(...ratios) : Math.max(...ratios.map((ratio) => ratio * shorter))
  const [pictureWidth, pictureHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale)))
  const left = Math.round((w - pictureWidth) / 2)
  const top = Math.round((h - pictureHeight) / 2)
  return { width: w, height: h, pictureWidth, pictureHeight, left, top, fill }
}

function whole(width: number, height: number): Frame {
  return { width, height, pictureWidth: width, pictureHeight: height, left: 0, top: 0, fill: 0 }
}

/** The level of each channel of 0 to 1, in the order in which the network takes them. */
export function levelsOf({ scale, mean, std, colour }: Preprocessing): Level[] {
  return Array.from({ length: colour === 'gray' ? 1 : 3 }, (_, channel) => ({
    factor: scale / (std[channel] ?? std[0]),
    offset: -(mean[channel] ?? mean[0]) / (std[channel] ?? std[0]),
  }))
}

/** For a person. */
export function describePreprocessing(p: Preprocessing): string {
  const size = p.size === null ? '' : `${p.size[1]} x ${p.size[0]}`
  const fit = {
    stretch: `stretched to ${size}`,
    crop: `the middle ${size}, the shorter side being ${p.size === null ? '' : Math.round(Math.min(...p.size) * p.shorter)}`,
    pad: `whole within ${size}, the rest ${p.fill}`,
    keep: `in their proportions, ${p.longest === null ? 'as large as they are' : `no side over ${p.longest}`}, sides multiples of ${p.multiple}`,
  }[p.fit]
  const normal = p.mean.every((one) => one === 0) && p.std.every((one) => one === 1)
  const numbers = normal ? `numbers from 0 to ${p.scale}` : `(0 to ${p.scale} - ${p.mean.join(', ')}) / ${p.std.join(', ')}`
  return `${fit}; ${numbers}; ${p.colour}, ${p.layout.toUpperCase()}`
}
