// Where a channel's pixels lie while it is computed: rows with their padding, one row a stride phase.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { roundUp } from '../direct/layout.ts'

/** A column of the kernel: output column o reads column o + offset of row `index` of those that a row is staged as. */
export interface ColumnTap {
  readonly index: number
  readonly offset: number
}

/**
 * In floats. A staged row's phases follow each other at the pitch; the zeros after one are the padding before the next. Where rows are
 * read in place only `rowFloats`, from one to the next, is of the picture.
 */
export interface Rows {
  readonly stride: number
  readonly dilation: number
  /** Pixels of padding before a row. */
  readonly before: number
  /** The stride's phases that some tap reads: phase p has pixels p, p + stride, ... */
  readonly phases: readonly number[]
  readonly taps: readonly ColumnTap[]
  /** The lowest offset of a tap: negative where there is padding. */
  readonly low: number
  readonly width: number
  readonly pitch: number
  readonly rowFloats: number
  /** Zeros before the first row, and what vectors may read beyond the last. */
  readonly lead: number
  readonly slack: number
}

export function rowsOf(d: ConvDescriptor, lanes: number): Rows {
  const [w, kw, stride, dilation, before, ow] = [d.input, d.kernel, d.stride, d.dilation, d.before, d.output].map(
    (axes) => axes[2],
  )
  const reached = Array.from({ length: kw }, (_, tap) => {
    const reach = tap * dilation - before
    const phase = ((reach % stride) + stride) % stride
    return { phase, offset: (reach - phase) / stride }
  })
  const phases = [...new Set(reached.map(({ phase }) => phase))].sort((a, b) => a - b)
  const offsets = reached.map(({ offset }) => offset)
  const [low, high] = [Math.min(...offsets), Math.max(...offsets)]
  const gap = Math.max(0, -low, ...reached.map(({ phase, offset }) => ow + offset - pixelsOf(w, stride, phase)))
  const pitch = roundUp(pixelsOf(w, stride, phases[0]) + gap, lanes)
  return {
    stride,
    dilation,
    before,
    phases,
    taps: reached.map(({ phase, offset }) => ({ index: phases.indexOf(phase), offset })),
    low,
    width: w,
    pitch,
    rowFloats: phases.length * pitch,
    lead: roundUp(Math.max(0, -low), lanes),
    slack: roundUp(Math.max(0, high + Math.max(ow, lanes) - pitch), lanes),
  }
}

/** The rows of the picture that a convolution reads: every `step`-th from row `first` on. */
export interface ReadRows {
  readonly first: number
  readonly step: number
  /** The convolution on a picture of those rows. */
  readonly d: ConvDescriptor
}

/** Between the rows that a kernel of one row reads lie those that its stride skips. */
export function readRows(d: ConvDescriptor): ReadRows {
  const [step, padding] = [d.stride[1], d.before[1]]
  if (d.kernel[1] > 1 || step === 1) return { first: 0, step: 1, d }
  const before = Math.ceil(padding / step)
  const first = before * step - padding
  const [depth, height, width] = d.input
  const rows = Math.max(0, Math.ceil((height - first) / step))
  const read = {
    input: [depth, rows, width],
    stride: [d.stride[0], 1, d.stride[2]],
    before: [d.before[0], before, d.before[2]],
  } as const
  return { first, step, d: { ...d, ...read } }
}

/** Pixels of a row of `width` in a phase of the stride. */
export function pixelsOf(width: number, stride: number, phase: number): number {
  return Math.max(0, Math.ceil((width - phase) / stride))
}

/** Rows under `rows` output rows. */
export function rowsUnder(d: ConvDescriptor, rows: number): number {
  return (rows - 1) * d.stride[1] + (d.kernel[1] - 1) * d.dilation[1] + 1
}
