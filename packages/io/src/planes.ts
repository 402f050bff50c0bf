// Pixels as codecs have them, all samples of one together, to and from planes of numbers from 0 to 1.

export type Channels = 'gray' | 'rgb' | 'bgr' | 'rgba'
export type Samples = Uint8Array | Uint16Array

export const CHANNELS: Readonly<Record<Channels, number>> = { gray: 1, rgb: 3, bgr: 3, rgba: 4 }

/** What becomes of the numbers of a plane: x * factor + offset. */
export interface Level {
  readonly factor: number
  readonly offset: number
}

/** What fills a plane: one band of the samples, the luminance of the first three, or full opacity. */
type Plane = number | 'luminance' | 'opaque'

/** The planes of `channels` from samples of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha) bands. */
export function planesFor(channels: Channels, bands: number): readonly Plane[] {
  const colour = bands >= 3
  if (channels === 'gray') return [colour ? 'luminance' : 0]
  const rgb = colour ? [0, 1, 2] : [0, 0, 0]
  if (channels === 'rgb') return rgb
  if (channels === 'bgr') return rgb.toReversed()
  return [...rgb, bands % 2 === 0 ? bands - 1 : 'opaque']
}

/** Pixels [begin, end) of `pixels` into their places in `out`, one plane after the other; `levels` has one for each, or there is none. */
export function unpack(
  samples: Samples,
  bands: number,
  planes: readonly Plane[],
  levels: readonly Level[] | undefined,
  out: Float32Array,
  pixels: number,
  begin: number,
  end: number,
): void {
  const full = samples instanceof Uint16Array ? 65535 : 255
  for (const [index, plane] of planes.entries()) {
    const own = out.subarray(index * pixels, (index + 1) * pixels)
    const level = levels?.[index]
    if (plane === 'opaque') own.fill(1, begin, end)
    else if (plane === 'luminance') luminance(samples, bands, full, own, begin, end)
    else if (full === 255) {
      // Each byte has its number: the same bits as those of a division and a level after it.
      looked(samples, bands, plane, levelled(BYTES.slice(), level, 0, BYTES.length), own, begin, end)
      continue
    } else divided(samples, bands, plane, full, own, begin, end)
    levelled(own, level, begin, end)
  }
}

const BYTES = Float32Array.from({ length: 256 }, (_, byte) => byte / 255)

function levelled(numbers: Float32Array, level: Level | undefined, begin: number, end: number): Float32Array {
  const { factor, offset } = level ?? { factor: 1, offset: 0 }
  if (factor !== 1 || offset !== 0) for (let i = begin; i < end; i++) numbers[i] = numbers[i] * factor + offset
  return numbers
}

function looked(
  samples: Samples,
  bands: number,
  band: number,
  table: Float32Array,
  out: Float32Array,
  begin: number,
  end: number,
): void {
  for (let pixel = begin, at = begin * bands + band; pixel < end; pixel++, at += bands) out[pixel] = table[samples[at]]
}

function divided(
  samples: Samples,
  bands: number,
  band: number,
  full: number,
  out: Float32Array,
  begin: number,
  end: number,
): void {
  for (let pixel = begin, at = begin * bands + band; pixel < end; pixel++, at += bands) out[pixel] = samples[at] / full
}

/** Pixels [begin, end), times 255. The type of `out` does the rest: clamps, rounds to the nearest, a tie to even, NaN to 0. */
export function pack(
  data: Float32Array,
  bands: number,
  out: Uint8ClampedArray,
  pixels: number,
  begin: number,
  end: number,
): void {
  for (let band = 0; band < bands; band++) {
    const base = band * pixels
    for (let pixel = begin; pixel < end; pixel++) out[pixel * bands + band] = data[base + pixel] * 255
  }
}

// The weights of BT.601 in thousandths: whole numbers, so a pixel of equal samples gives exactly what a grey one gives.
function luminance(samples: Samples, bands: number, full: number, out: Float32Array, begin: number, end: number): void {
  for (let pixel = begin; pixel < end; pixel++) {
    const at = pixel * bands
    out[pixel] = (299 * samples[at] + 587 * samples[at + 1] + 114 * samples[at + 2]) / (1000 * full)
  }
}
