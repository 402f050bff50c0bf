// The products of the matrix kernel: which there are, and where the pixel of each lies.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import type { Tap } from '../direct/axis.ts'
import { type Segments, segments } from '../direct/blocks.ts'
import { type Layout, offsetOf } from '../direct/layout.ts'
import { type Product, productsOf } from '../direct/order.ts'
import { ROW_WORDS } from './args.ts'
import { STEP } from './cut.ts'

/** In the order of summation; taps that see nothing but padding are left out. */
export function liveProducts(d: ConvDescriptor, { rows, cols }: Segments = segments(d, false)): Product[] {
  const [tapsY, tapsX] = [rows[0].taps, cols[0].taps].map((taps) => new Set(taps.map(({ tap }) => tap)))
  return productsOf(d).filter(({ kh, kw }) => tapsY.has(kh) && tapsX.has(kw))
}

/** Whether every second product is the tap of an even channel, and the one behind it that of the next channel. */
export function inPairs(products: readonly Product[]): boolean {
  return products.every(({ ic, kh, kw }, index) => {
    if (index % 2 === 0) return ic % 2 === 0 && index + 1 < products.length
    const even = products[index - 1]
    return ic === even.ic + 1 && kh === even.kh && kw === even.kw
  })
}

/**
 * For every product of every step, bytes from the lowest pixel of an output to that of the product, and from the pixel under the
 * output to the lowest. The last step is filled with a product that there is.
 */
export function productRows(
  products: readonly Product[],
  layout: Layout,
  { rows, cols }: Segments,
  steps: number,
): { rows: Int32Array; low: number } {
  const [tapsY, tapsX] = [rows[0].taps, cols[0].taps].map((taps) => new Map(taps.map((tap) => [tap.tap, tap])))
  const offsets = products.map(({ ic, kh, kw }) => {
    return 4 * (ic * layout.planeFloats + offsetOf(layout, tapsY.get(kh) as Tap, tapsX.get(kw) as Tap))
  })
  const low = offsets.reduce((least, offset) => Math.min(least, offset), offsets[0] ?? 0)
  const words = (STEP / 2) * ROW_WORDS * steps
  return { rows: Int32Array.from({ length: words }, (_, index) => (offsets[index] ?? low) - low), low }
}
