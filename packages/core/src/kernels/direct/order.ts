// The order of summation: which product of weight and pixel follows which, and the runs that a kernel reads.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { RUN_WORDS } from '../tile.ts'
import type { Tap } from './axis.ts'
import { type Layout, offsetOf } from './layout.ts'

/** One product of an output: input channel within the group, and taps of the kernel. */
export interface Product {
  readonly ic: number
  readonly kd: number
  readonly kh: number
  readonly kw: number
}

/** Channels summed before the next tap: few enough that their pixels stay in the first cache for all taps, of kernels of few rows and of others. */
const [IC_BLOCK, IC_BLOCK_HIGH] = [32, 16]
/** Rows of a kernel, all planes counted, that are few. */
const FEW_ROWS = 3
/** From this many channels in a group on, a run goes over channels; below, along the width of the kernel. */
const IC_RUN = 4

/**
 * Every product once, in the order of summation. It depends on the descriptor alone, not on machine or threads, so that
 * fused machines give the same bits.
 */
export function productsOf(d: ConvDescriptor): Product[] {
  const icPerGroup = d.ic / d.groups
  const products: Product[] = []
  const [depth, height, width] = d.kernel
  if (runsOverChannels(d)) {
    const block = depth * height * width === 1 ? icPerGroup : icBlock(d)
    for (let from = 0; from < icPerGroup; from += block)
      for (let kd = 0; kd < depth; kd++)
        for (let kh = 0; kh < height; kh++)
          for (let kw = 0; kw < width; kw++)
            for (let ic = from; ic < Math.min(from + block, icPerGroup); ic++) products.push({ ic, kd, kh, kw })
    return products
  }
  const every = widthStep(d)
  for (let ic = 0; ic < icPerGroup; ic++)
    for (let kd = 0; kd < depth; kd++)
      for (let kh = 0; kh < height; kh++)
        for (let first = 0; first < every; first++)
          for (let kw = first; kw < width; kw += every) products.push({ ic, kd, kh, kw })
  return products
}

function icBlock({ kernel: [depth, height] }: ConvDescriptor): number {
  return depth * height <= FEW_ROWS ? IC_BLOCK : IC_BLOCK_HIGH
}

function runsOverChannels(d: ConvDescriptor): boolean {
  return d.ic / d.groups >= IC_RUN || d.kernel[2] === 1
}

/** Taps of the width that read the same phase of the input are this far apart. */
export function widthStep(d: ConvDescriptor): number {
  return d.stride[2] / gcd(d.stride[2], d.dilation[2])
}

/** Whether an output of a group of one channel sums its taps row by row, from left to right. */
export function sumsTapsInTurn(d: ConvDescriptor): boolean {
  return widthStep(d) === 1 || widthStep(d) >= d.kernel[2]
}

/** Runs that a block of so many live taps has, about. */
export function runsOfBlock(d: ConvDescriptor, taps: number): number {
  const icPerGroup = d.ic / d.groups
  if (taps === 1) return 1
  return runsOverChannels(d) ? taps * Math.ceil(icPerGroup / icBlock(d)) : (icPerGroup * taps) / d.kernel[2]
}

/** Floats from a product of a run to the next. */
export function runStride(d: ConvDescriptor, layout: Layout): number {
  if (runsOverChannels(d)) return d.input[0] * layout.planeFloats
  if (layout.phases[0].column !== null) return layout.phaseFloats
  const step = d.dilation[2] / gcd(d.stride[2], d.dilation[2])
  return d.transposed ? -step : step
}

/** The taps that are live in one block: of depth, as planes relative to the block's own, and of height and width. */
export interface LiveTaps {
  readonly depth: readonly { readonly tap: number; readonly plane: number }[]
  readonly height: readonly Tap[]
  readonly width: readonly Tap[]
}

/** The runs table of a block: { x offset in bytes, index of the first product, products }, products of dead taps left out. */
export function runsOf(d: ConvDescriptor, layout: Layout, products: readonly Product[], live: LiveTaps): Int32Array {
  const depth = new Map(live.depth.map(({ tap, plane }) => [tap, plane]))
  const height = new Map(live.height.map((tap) => [tap.tap, tap]))
  const width = new Map(live.width.map((tap) => [tap.tap, tap]))
  const stride = runStride(d, layout)
  const table: number[] = []
  let next = { index: -1, at: 0 }
  products.forEach(({ ic, kd, kh, kw }, index) => {
    const [plane, tapY, tapX] = [depth.get(kd), height.get(kh), width.get(kw)]
    if (plane === undefined || tapY === undefined || tapX === undefined) return
    const at = (ic * d.input[0] + plane) * layout.planeFloats + offsetOf(layout, tapY, tapX)
    if (index === next.index && at === next.at) table[table.length - 1]++
    else table.push(at * 4, index, 1)
    next = { index: index + 1, at: at + stride }
  })
  return Int32Array.from(table)
}

export function runCount(table: Int32Array): number {
  return table.length / RUN_WORDS
}

/** Products that a table sums: those of dead taps are not among them. */
export function productCount(table: Int32Array): number {
  let count = 0
  for (let index = RUN_WORDS - 1; index < table.length; index += RUN_WORDS) count += table[index]
  return count
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
