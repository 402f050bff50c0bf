// Whether a Winograd convolution is worth its transforms: an estimate of its time, and of the direct kernel's.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { type Transform, transformOf } from './points.ts'
import { tilesOf } from './tiles.ts'

/** F(m x m, r x r) that there are. */
export const WINOGRADS = [
  [4, 3],
  [2, 3],
  [4, 5],
] as const

export function winogradName({ m, r }: Transform): string {
  return `f32-winograd-${m}x${m}-${r}x${r}`
}

/**
 * Times are counted in multiply-accumulates of a full vector's lane. Fitted to AVX-512 and paired WebAssembly, 3 to 512 channels on
 * 6 to 224 pixels: a factor of an input channel costs as much to make as INPUT of them, a product of an output channel as much to
 * transform back as OUTPUT, and weights that are read as much as if there were WEIGHTS more pixels.
 */
const [INPUT, OUTPUT, WEIGHTS] = [20, 10, 10]
/** Tiles or pixels are counted in vectors of the widest machine: the choice must not depend on the machine. */
const LANES = 16
/** Part of the direct kernel's time at most: for less a gain the error is not worth it. */
const WORTH = 0.9

function winogradTime(d: ConvDescriptor, t: Transform): number {
  const tiles = Math.ceil(tilesOf(d, t) / LANES) * LANES
  const [ic, oc] = [d.ic / d.groups, d.oc / d.groups]
  return d.groups * t.n * t.n * (ic * oc * (tiles + WEIGHTS) + tiles * (INPUT * ic + OUTPUT * oc))
}

function directTime(d: ConvDescriptor): number {
  const pixels = Math.ceil((d.output[1] * d.output[2]) / LANES) * LANES
  return (d.ic / d.groups) * d.oc * d.kernel[1] * d.kernel[2] * (pixels + WEIGHTS)
}

/** In a sentence, why another kernel is to be preferred; null where none is. */
export function slower(d: ConvDescriptor, t: Transform): string | null {
  const time = winogradTime(d, t)
  const part = time / directTime(d)
  if (part > WORTH) return `with so few channels or pixels it would take ${part.toFixed(2)} times as long as the direct kernel`
  for (const [m, r] of WINOGRADS) {
    if (r !== t.r || m === t.m) continue
    const other = transformOf(m, r)
    const ratio = time / winogradTime(d, other)
    if (ratio > 1) return `it would take ${ratio.toFixed(2)} times as long as ${winogradName(other)}`
  }
  return null
}
