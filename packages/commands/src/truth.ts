// What a layer should give: a sample of its outputs in float64, by the definition, and how far a result is from it.
import { type ConvDescriptor, sizeOf } from '@weft/core'

export interface Truth {
  /** Places in the output. */
  readonly places: readonly number[]
  readonly values: readonly number[]
  /** The largest sum of |x w| and |bias| among them: what errors are relative to. */
  readonly scale: number
}

export interface Data {
  readonly x: Float32Array
  readonly weight: Float32Array
  readonly bias: Float32Array
}

const SAMPLES = 256

/** The corners of the output, and places that are the same each time. */
export function truthOf(d: ConvDescriptor, data: Data): Truth {
  const size = sizeOf(d.yShape)
  const places = [0, size - 1]
  let state = 1
  while (places.length < SAMPLES) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    places.push(Math.floor(((state >>> 0) / 2 ** 32) * size))
  }
  const pixels = places.map((place) => pixel(d, data, place))
  return { places, values: pixels.map(({ sum }) => sum), scale: Math.max(...pixels.map(({ magnitude }) => magnitude)) }
}

/** The largest distance from the truth, over its scale; infinite for what is no number. */
export function errorOf(found: Float32Array, { places, values, scale }: Truth): number {
  return largest(places.length, (index) => found[places[index]] - values[index]) / scale
}

/** The largest distance of two whole results, over the scale. */
export function distanceOf(found: Float32Array, other: Float32Array, { scale }: Truth): number {
  if (found.length !== other.length) return Number.POSITIVE_INFINITY
  return largest(found.length, (index) => found[index] - other[index]) / scale
}

function largest(count: number, differenceAt: (index: number) => number): number {
  let most = 0
  for (let index = 0; index < count; index++) {
    const distance = Math.abs(differenceAt(index))
    // A comparison the other way round would let NaN pass.
    if (!(distance <= most)) most = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance
  }
  return most
}

function pixel(d: ConvDescriptor, { x, weight, bias }: Data, place: number): { sum: number; magnitude: number } {
  const [n, oc, ...at] = unravelled(place, [d.batch, d.oc, ...d.output])
  const [icPerGroup, ocPerGroup] = [d.ic / d.groups, d.oc / d.groups]
  const group = Math.floor(oc / ocPerGroup)
  let [sum, magnitude] = [bias[oc], Math.abs(bias[oc])]
  const taps = d.kernel[0] * d.kernel[1] * d.kernel[2]
  for (let tap = 0; tap < taps; tap++) {
    const from = unravelled(tap, d.kernel).map((k, axis) => sourceOf(d, axis, at[axis], k))
    if (from.some((i, axis) => !Number.isInteger(i) || i < 0 || i >= d.input[axis])) continue
    for (let c = 0; c < icPerGroup; c++) {
      const ic = group * icPerGroup + c
      const row = d.transposed ? ic * ocPerGroup + (oc % ocPerGroup) : oc * icPerGroup + c
      const product = x[raveled([n, ic, ...from], [d.batch, d.ic, ...d.input])] * weight[row * taps + tap]
      sum += product
      magnitude += Math.abs(product)
    }
  }
  return { sum, magnitude }
}

/** The pixel of the input that an output takes at a tap; no whole number where a transposed one takes none. */
function sourceOf(d: ConvDescriptor, axis: number, output: number, tap: number): number {
  if (d.transposed) return (output + d.before[axis] - tap * d.dilation[axis]) / d.stride[axis]
  return output * d.stride[axis] + tap * d.dilation[axis] - d.before[axis]
}

function unravelled(place: number, shape: readonly number[]): number[] {
  let rest = place
  return shape
    .toReversed()
    .map((extent) => {
      const index = rest % extent
      rest = Math.floor(rest / extent)
      return index
    })
    .reverse()
}

function raveled(indices: readonly number[], shape: readonly number[]): number {
  return indices.reduce((place, index, axis) => place * shape[axis] + index, 0)
}
