// Where an output pixel of a resized axis lies in the input, and which input pixels make it, with what weights.

export type ResizeMode = 'nearest' | 'linear' | 'cubic'
export type Coordinates =
  | 'halfPixel'
  | 'halfPixelSymmetric'
  | 'pytorchHalfPixel'
  | 'alignCorners'
  | 'asymmetric'
  | 'tfHalfPixelForNearest'
  | 'cropAndResize'
export type Rounding = 'roundPreferFloor' | 'roundPreferCeil' | 'floor' | 'ceil'

/** How every axis is resized. */
export type TapParams = {
  readonly mode: ResizeMode
  readonly coordinates: Coordinates
  readonly rounding: Rounding
  /** The cubic kernel's parameter, -0.75 or -0.5. */
  readonly cubic: number
  /** Pixels outside of the input weigh nothing; else they repeat the edge. */
  readonly excludeOutside: boolean
  /** A shrinking linear or cubic kernel is widened to meet all pixels. */
  readonly antialias: boolean
}

export interface TapAxis {
  readonly n: number
  readonly out: number
  readonly scale: number
  /** What part of the axis is seen, for cropAndResize. */
  readonly roi: readonly [begin: number, end: number]
}

/** `count` taps for each output: input pixels (-1 first: outside of the crop) and weights. */
export interface Taps {
  readonly count: number
  readonly index: Int32Array
  readonly weight: Float64Array
}

export function tapsOf(axis: TapAxis, params: TapParams): Taps {
  const { n, out } = axis
  const crop = params.coordinates === 'cropAndResize'
  if (!crop && n === out && axis.scale === 1) return nearestTaps(axis, (index) => index)
  if (params.mode === 'nearest') {
    return nearestTaps(axis, (index) => {
      const at = coordinate(axis, params.coordinates, index)
      return crop && (at < 0 || at > n - 1) ? -1 : clamp(round(at, params.rounding), n)
    })
  }
  const shrink = params.antialias ? Math.min(1, axis.scale) : 1
  const half = params.mode === 'linear' ? 1 : 2
  const start = Math.floor(-half / shrink) + 1
  const count = 2 * half - 2 * (start + half - 1)
  const taps = { count, index: new Int32Array(out * count), weight: new Float64Array(out * count) }
  for (let index = 0; index < out; index++) {
    const at = coordinate(axis, params.coordinates, index)
    fillTaps(taps, index, at, start, n, params, shrink)
    if (crop && (at < 0 || at > n - 1)) taps.index[index * count] = -1
  }
  return taps
}

function nearestTaps({ out }: TapAxis, source: (index: number) => number): Taps {
  return { count: 1, index: Int32Array.from({ length: out }, (_, index) => source(index)), weight: new Float64Array(out).fill(1) }
}

function fillTaps(taps: Taps, output: number, at: number, start: number, n: number, params: TapParams, shrink: number): void {
  const { count, index, weight } = taps
  const floor = Math.floor(at)
  let sum = 0
  for (let tap = 0; tap < count; tap++) {
    const pixel = floor + start + tap
    const outside = pixel < 0 || pixel >= n
    const distance = Math.abs(pixel - at) * shrink
    const own = params.mode === 'linear' ? Math.max(0, 1 - distance) : cubicKernel(distance, params.cubic)
    index[output * count + tap] = clamp(pixel, n)
    weight[output * count + tap] = outside && params.excludeOutside ? 0 : own
    sum += weight[output * count + tap]
  }
  for (let tap = 0; tap < count; tap++) weight[output * count + tap] /= sum
}

/** Keys 1981: the piecewise cubic with parameter a. */
function cubicKernel(t: number, a: number): number {
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1
  return t < 2 ? a * (((t - 5) * t + 8) * t - 4) : 0
}

/** The place of an output pixel on the input axis, in pixels. */
function coordinate({ n, out, scale, roi: [begin, end] }: TapAxis, coordinates: Coordinates, index: number): number {
  switch (coordinates) {
    case 'halfPixel':
      return (index + 0.5) / scale - 0.5
    case 'halfPixelSymmetric':
      return (n / 2) * (1 - out / (scale * n)) + (index + 0.5) / scale - 0.5
    case 'pytorchHalfPixel':
      return out > 1 ? (index + 0.5) / scale - 0.5 : 0
    case 'alignCorners':
      // The resized length as the scale has it, before it is rounded down to whole pixels.
      return out > 1 ? (index * (n - 1)) / (scale * n - 1) : 0
    case 'asymmetric':
      return index / scale
    case 'tfHalfPixelForNearest':
      return (index + 0.5) / scale
    case 'cropAndResize':
      if (out === 1) return 0.5 * (begin + end) * (n - 1)
      return begin * (n - 1) + (index * (end - begin) * (n - 1)) / (out - 1)
  }
}

function round(at: number, rounding: Rounding): number {
  switch (rounding) {
    case 'roundPreferFloor':
      return Math.ceil(at - 0.5)
    case 'roundPreferCeil':
      return Math.floor(at + 0.5)
    case 'floor':
      return Math.floor(at)
    case 'ceil':
      return Math.ceil(at)
  }
}

function clamp(index: number, n: number): number {
  return Math.min(Math.max(index, 0), n - 1)
}
