// Pixels as codecs have them, all samples of one together, to and from planes of numbers from 0 to 1.

export type Channels = 'gray' | 'rgb' | 'rgba'
export type Samples = Uint8Array | Uint16Array

export const CHANNELS: Readonly<Record<Channels, number>> = { gray: 1, rgb: 3, rgba: 4 }

/** What fills a plane: one band of the samples, the luminance of the first three, or full opacity. */
type Plane = number | 'luminance' | 'opaque'

/** The planes of `channels` from samples of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha) bands. */
export function planesFor(channels: Channels, bands: number): readonly Plane[] {
  const colour = bands >= 3
  if (channels === 'gray') return [colour ? 'luminance' : 0]
  const rgb = colour ? [0, 1, 2] : [0, 0, 0]
  if (channels === 'rgb') return rgb
  return [...rgb, bands % 2 === 0 ? bands - 1 : 'opaque']
}

/** Pixels [begin, end) of `pixels` into their places in `out`, one plane after the other. */
export function unpack(
  samples: Samples,
  bands: number,
  planes: readonly Plane[],
  out: Float32Array,
  pixels: number,
  begin: number,
  end: number,
): void {
  const full = samples instanceof Uint16Array ? 65535 : 255
  for (const [index, plane] of planes.entries()) {
    const base = index * pixels
    if (plane === 'opaque') out.fill(1, base + begin, base + end)
    else if (plane === 'luminance') luminance(samples, bands, full, out.subarray(base, base + pixels), begin, end)
    else for (let pixel = begin; pixel < end; pixel++) out[base + pixel] = samples[pixel * bands + plane] / full
  }
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
