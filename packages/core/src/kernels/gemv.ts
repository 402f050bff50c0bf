// The gemv kernel: a matrix by one vector. That takes as long as the matrix is read, once: its numbers are rounded to three bytes.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import { epilogueOf, writeEpilogueArgs } from './epilogue.ts'
import { estimateGemv } from './estimate/gemv.ts'
import { GEMV_ARGS, GEMV_ARGS_BYTES, gemvFunction } from './gemv/function.ts'
import { blockBytes, packGemv, ROWS } from './gemv/pack.ts'
import type { Callable, Kernel } from './kernel.ts'

const NAME = 'f32-gemv'

/** Blocks of channels that are read side by side: a core gets more from memory that way. */
const STREAMS = 2
const UNIT_ROWS = STREAMS * ROWS

export const gemv: Kernel = {
  name: NAME,
  // A weight is off by at most 2^-16 of it, and so is a product; the rest is the sum's own rounding.
  error: 3e-5,

  refuses(d, traits) {
    if (!traits.matrix) return 'the tier has no matrix unit, beside which weights of 16 bits are as good'
    if (d.numerics !== 'fast') return `numerics '${d.numerics}' was asked for`
    return misfit(d)
  },

  order: () => NAME,
  estimate: (d, traits) => estimateGemv(d, productsOf(d), traits),
  worth: 0.9,

  plan(d, traits) {
    return {
      kernel: NAME,
      descriptor: d,
      traits,
      steps: [{ name: 'compute', units: Math.ceil(d.oc / UNIT_ROWS) }],
      macs: d.oc * productsOf(d),
      packedBytes: Math.ceil(d.oc / ROWS) * blockBytes(productsOf(d)),
      sharedBytes: 0,
      privateBytes: GEMV_ARGS_BYTES,
    }
  },

  costs({ descriptor: d, steps: [{ units }] }) {
    return Float64Array.from({ length: units }, (_, unit) => Math.ceil(channelsOf(d, unit) / ROWS))
  },

  functions({ descriptor: d, steps: [{ units }] }) {
    const sizes = new Set([0, units - 1].map((unit) => channelsOf(d, unit)))
    return [...sizes].map((channels) => gemvFunction(channels, epilogueOf(d)))
  },

  pack: ({ descriptor: d }, weight, bias, memory, offset) => packGemv(d.oc, productsOf(d), weight, bias, memory, offset),

  runner({ descriptor: d, steps: [{ units }] }, code, memory) {
    const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
    const products = productsOf(d)
    const callFor = (unit: number) => code.get(gemvFunction(channelsOf(d, unit), epilogueOf(d)).name) as Callable
    const [whole, last] = [callFor(0), callFor(units - 1)]
    return (_, begin, end, at, cancelled) => {
      const args = at.private / 4
      words[args + GEMV_ARGS.x] = at.x
      words[args + GEMV_ARGS.products] = products
      words[args + GEMV_ARGS.block] = blockBytes(products)
      writeEpilogueArgs(words, floats, args, GEMV_ARGS, d, at)
      for (let unit = begin; unit < end; unit++) {
        if (cancelled()) return false
        words[args + GEMV_ARGS.weights] = at.packed + STREAMS * unit * blockBytes(products)
        words[args + GEMV_ARGS.y] = at.y + 4 * UNIT_ROWS * unit
        const call = unit === units - 1 ? last : whole
        call(at.private)
      }
      return true
    }
  },
}

/** Products of an output: every number of the input, in its place. */
function productsOf(d: ConvDescriptor): number {
  return d.ic * d.kernel[0] * d.kernel[1] * d.kernel[2]
}

/** Output channels of a unit: the last may have fewer. */
function channelsOf({ oc }: ConvDescriptor, unit: number): number {
  return Math.min(UNIT_ROWS, oc - UNIT_ROWS * unit)
}

function misfit(d: ConvDescriptor): string | null {
  if (d.transposed) return 'the convolution is transposed'
  if (d.groups > 1) return `there are ${d.groups} groups`
  if (d.output.some((extent) => extent > 1)) return `an output channel has ${d.output.join('x')} pixels, not one`
  if ([...d.before, ...d.after].some((padding) => padding > 0)) return 'the input is padded'
  if (d.kernel.some((extent, axis) => extent !== d.input[axis])) return 'the window is not all of the input'
  return null
}
