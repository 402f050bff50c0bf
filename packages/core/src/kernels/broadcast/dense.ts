// A convolution as the broadcast kernel sees it: the input staged as for stride 1, of which tiles skip pixels.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { type Segments, segments } from '../direct/blocks.ts'
import { inPlace, type Layout, readsInPlace, stagedLayout } from '../direct/layout.ts'

export interface Dense {
  /** The same convolution at stride 1, as far as the outputs that are wanted reach. */
  readonly input: ConvDescriptor
  /** Height and width of the output, and the stride of its pixels. */
  readonly output: readonly [number, number]
  readonly stride: readonly [number, number]
  /** The taps that some pixel needs, and where pixels lie. */
  readonly cut: Segments
  readonly layout: Layout
}

/** Where every pixel is taken by itself, where it lies, all pixels are one row. */
export function denseOf(d: ConvDescriptor): Dense {
  const [, oh, ow] = d.output
  const [, sh, sw] = d.stride
  if (isLine(d)) {
    const size = [1, 1, oh * ow] as const
    return laidOut({ input: { ...d, input: size, output: size }, output: [1, oh * ow], stride: [1, 1] })
  }
  const output = [1, (oh - 1) * sh + 1, (ow - 1) * sw + 1] as const
  return laidOut({ input: { ...d, stride: [1, 1, 1], output }, output: [oh, ow], stride: [sh, sw] })
}

function laidOut(dense: Pick<Dense, 'input' | 'output' | 'stride'>): Dense {
  const cut = segments(dense.input, false)
  const bare = readsInPlace(dense.input, cut.rows, cut.cols)
  return { ...dense, cut, layout: bare ? inPlace(dense.input) : stagedLayout(dense.input, cut.rows, cut.cols) }
}

/** Whether every pixel is taken by itself, where it lies. */
export function isLine(d: ConvDescriptor): boolean {
  return [...d.before, ...d.after].every((padding) => padding === 0) && [...d.kernel, ...d.stride].every((n) => n === 1)
}
