// Random convolutions: each is made of a seed and its own number alone, so that any of them can be repeated by itself.
import {
  ACTIVATIONS,
  type ConvDescriptor,
  type ConvOptions,
  type ConvTransposeOptions,
  describeConv,
  describeConvTranspose,
  type Kernel,
  PADDING_MODES,
  type RunOperands,
  TIERS,
} from '@weft/core'
import { gemvCases } from '../../../core/test/gemv-cases.ts'
import { matrixCases } from '../../../core/test/matrix-cases.ts'

/** How a convolution is asked for: plain data, printed where it fails. */
export interface Call {
  readonly describe: 'describeConv' | 'describeConvTranspose'
  readonly x: readonly number[]
  readonly weight: readonly number[]
  readonly bias: boolean
  readonly options: (ConvOptions | ConvTransposeOptions) & RunOperands
}

export interface Case {
  readonly index: number
  readonly descriptor: ConvDescriptor
  /** The call that made it, for a person to read. */
  readonly text: string
}

/** @throws where the options do not go together */
export function made({ describe, x, weight, bias, options }: Call): Omit<Case, 'index'> & Pick<Call, 'options'> {
  const descriptor =
    describe === 'describeConv'
      ? describeConv(x, weight, bias, options as ConvOptions & RunOperands)
      : describeConvTranspose(x, weight, bias, options as ConvTransposeOptions & RunOperands)
  const text = `${describe}(${[x, weight, bias, options].map((value) => JSON.stringify(value)).join(', ')})`
  return { descriptor, text, options }
}

/** Multiply-accumulates at most: of most cases, and of one in LARGE_EVERY, which has several blocks. */
const [SMALL, LARGE, LARGE_EVERY] = [150_000, 5_000_000, 40]
/** One in so many has strides, dilations and padding far from what anyone uses. */
const WILD_EVERY = 15
/** One in so many is as most layers of networks are: see `plain`; or has many output channels: see `wide`; or many products or lines: see `deep`; or both: see `full`. */
const [PLAIN_EVERY, WIDE_EVERY, DEEP_EVERY, FULL_EVERY] = [8, 9, 7, 10]

export function caseOf(seed: number, index: number): Case & Pick<Call, 'options'> {
  const pick = picker(seed, index)
  const large = index % LARGE_EVERY === LARGE_EVERY - 1
  for (;;) {
    const kind = kindOf(index)
    const one = kind === null ? attempt(pick, large, index % WILD_EVERY === 7) : kind(pick, large)
    if (one === null) continue
    const d = one.descriptor
    const work = d.batch * ((d.oc * d.ic) / d.groups) * product(d.kernel) * product(d.output)
    if (work <= (large ? LARGE : SMALL) && (!large || work > SMALL)) return { index, ...one }
  }
}

function kindOf(index: number) {
  if (index % PLAIN_EVERY === 3) return plain
  if (index % WIDE_EVERY === 4) return wide
  if (index % DEEP_EVERY === 5) return deep
  return index % FULL_EVERY === 0 ? full : null
}

/** Those around the edges of the kernels that need a matrix unit, by their number. */
export function edgeCase(index: number): Case {
  const descriptor = EDGES[index]
  const { xShape, weightShape, stride, dilation, before, groups, residual, activation } = descriptor
  const text = JSON.stringify({ xShape, weightShape, stride, dilation, before, groups, residual, activation: activation.kind })
  return { index, descriptor, text }
}

export const EDGES = [...matrixCases(), ...gemvCases()]

/** Whether a kernel needs a matrix unit. */
export function needsMatrixUnit(kernel: Kernel, d: ConvDescriptor): boolean {
  return kernel.refuses(d, TIERS.avx512.traits) !== null
}

/** Whole numbers from low to high, both included. */
export type Draw = (low: number, high: number) => number

/** mulberry32, begun at a mix of both numbers. */
export function picker(seed: number, index: number): Draw {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0
  return (low, high) => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return low + Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * (high - low + 1))
  }
}

function attempt(pick: Draw, large: boolean, wild: boolean): ReturnType<typeof made> | null {
  const rank = pick(0, 9) < 6 ? 2 : pick(0, 1) === 0 ? 1 : 3
  const axes = (low: number, high: number) => Array.from({ length: rank }, () => pick(low, high))
  const often = (usual: number, high: number) => axes(usual, high).map((value) => (pick(0, 2) === 0 ? value : usual))
  const far = (usual: number, high: number) => {
    const values = often(usual, high)
    return wild ? values.map((value) => (pick(0, 2) === 0 ? [7, 16, 61, 1000, 2 ** 20][pick(0, 4)] : value)) : values
  }
  const describe = pick(0, 3) === 0 ? 'describeConvTranspose' : 'describeConv'
  const groups = pick(0, 2) === 0 ? pick(2, large ? 24 : 6) : 1
  const depthwise = groups > 1 && pick(0, 1) === 0
  const [ic, oc] = depthwise ? [1, pick(1, 2)] : [pick(1, large ? 60 : 21), pick(1, 20)]
  const kernel = pick(0, 3) === 0 ? axes(1, 1) : axes(1, 5)
  const most = [0, large ? 4000 : 300, large ? 120 : 41, large ? 30 : 12][rank]
  const x = [...(pick(0, 3) === 0 ? [pick(2, 3)] : []), groups * ic, ...axes(1, most)]
  const bias = pick(0, 2) > 0
  const activation = activationOf(pick)
  const finish = { residual: pick(0, 2) === 0, ...(activation === null ? {} : { activation }) }
  const common = { stride: far(1, 4), dilation: far(1, 3), groups, ...finish }
  const pairs = () => far(0, 4).map((before): [number, number] => [before, pick(0, 4)])
  const padding = [() => axes(0, 0), () => far(0, 3), pairs][pick(0, 2)]()
  try {
    if (describe === 'describeConvTranspose') {
      const options = { ...common, padding, outputPadding: often(0, 2) }
      return made({ describe, x, weight: [groups * ic, oc, ...kernel], bias, options })
    }
    const paddingMode = pick(0, 1) === 0 ? 'zeros' : PADDING_MODES[pick(0, PADDING_MODES.length - 1)]
    const options = { ...common, padding: pick(0, 5) === 0 ? ('same' as const) : padding, paddingMode }
    return made({ describe, x, weight: [groups * oc, ic, ...kernel], bias, options })
  } catch {
    return null // Options that do not go together: a kernel larger than its input, too much padding.
  }
}

/** Zero padding, a kernel of 3x3, 5x5 or 7x7 or of one row or column of them, some of stride 2, dilated, of volumes or of many channels and few tiles: what Winograd's kernels take. */
function plain(pick: Draw, large: boolean): ReturnType<typeof made> | null {
  const kernel = [3, 3, 3, 5, 5, 7][pick(0, 5)]
  const line = pick(0, 4) === 0
  const stride = !line && (kernel === 7 || (kernel === 5 && pick(0, 1) === 0)) ? 2 : 1
  const taps = line
    ? [
        [1, kernel],
        [kernel, 1],
      ][pick(0, 1)]
    : [kernel, kernel]
  const few = kernel === 3 && pick(0, 2) === 0
  const groups = pick(0, 3) === 0 ? pick(2, 3) : 1
  const [ic, oc] = few ? [pick(60, 100), pick(1, large ? 60 : 4)] : [pick(1, large ? 50 : 12), pick(1, 20)]
  const most = few ? [7, 20] : [40, 130]
  const side = () => pick(1, most[large ? 1 : 0])
  const ends = (): [number, number] => [pick(0, kernel), pick(0, kernel)]
  const activation = activationOf(pick)
  const finish = { residual: pick(0, 2) === 0, ...(activation === null ? {} : { activation }) }
  const volume = pick(0, 4) === 0
  const [depth, planes] = [volume ? [pick(1, 5)] : [], volume ? [pick(1, 3)] : []]
  const dilation = [...planes.map(() => 1), ...(stride === 1 && pick(0, 2) === 0 ? [pick(1, 5), pick(1, 4)] : [1, 1])]
  const options = {
    padding: [...planes.map(ends), ends(), ends()],
    stride: [...planes.map(() => 1), stride, stride],
    dilation,
    groups,
    ...finish,
  }
  const x = [...(pick(0, 3) === 0 ? [2] : []), groups * ic, ...depth, side(), side()]
  const weight = [groups * oc, ic, ...planes, ...taps]
  try {
    return made({ describe: 'describeConv', x, weight, bias: pick(0, 2) > 0, options })
  } catch {
    return null // A kernel larger than its input.
  }
}

/** More output channels than a vector has lanes, over a small map: what the broadcast kernel takes. */
function wide(pick: Draw, large: boolean): ReturnType<typeof made> | null {
  const groups = pick(0, 3) === 0 ? pick(2, 3) : 1
  const [ic, oc] = [pick(1, large ? 40 : 6), pick(9, large ? 200 : 90)]
  const axes = (low: number, high: number) => [pick(low, high), pick(low, high)]
  const kernel = pick(0, 1) === 0 ? [1, 1] : axes(1, 4)
  const activation = activationOf(pick)
  const options = {
    stride: axes(1, 3),
    padding: axes(0, kernel[0] - 1),
    groups,
    paddingMode: PADDING_MODES[Math.max(0, pick(-6, PADDING_MODES.length - 1))],
    ...(activation === null ? {} : { activation }),
  }
  const x = [...(pick(0, 3) === 0 ? [2] : []), groups * ic, ...axes(1, large ? 60 : 15)]
  try {
    return made({ describe: 'describeConv', x, weight: [groups * oc, ic, ...kernel], bias: pick(0, 2) > 0, options })
  } catch {
    return null // A kernel larger than its input.
  }
}

/** As many output channels and products as make up for the copy of pixels to a panel. */
function full(pick: Draw, large: boolean): ReturnType<typeof made> | null {
  const groups = pick(0, 3) === 0 ? 2 : 1
  const axes = (low: number, high: number) => [pick(low, high), pick(low, high)]
  const kernel = pick(0, 2) === 0 ? [1, 1] : [pick(2, 3), pick(1, 3)]
  const ic = Math.ceil(48 / product(kernel)) + pick(0, large ? 20 : 1)
  const oc = product(kernel) === 1 ? pick(115, 125) : pick(55, 65)
  const activation = activationOf(pick)
  const options = {
    stride: product(kernel) === 1 ? 1 : axes(1, 2),
    padding: axes(0, kernel[0] - 1),
    dilation: axes(1, 2),
    groups,
    ...(activation === null ? {} : { activation }),
  }
  const x = [groups * ic, ...axes(1, large ? 20 : 6)]
  try {
    return made({ describe: 'describeConv', x, weight: [groups * oc, ic, ...kernel], bias: pick(0, 2) > 0, options })
  } catch {
    return null // A kernel larger than its input.
  }
}

/** Many products over a small map, or few over a large one, padded with zeros: what the matrix kernel takes, in chunks, blocks and windows. */
function deep(pick: Draw, large: boolean): ReturnType<typeof made> | null {
  const groups = pick(0, 4) === 0 ? pick(2, 3) : 1
  const rank = pick(0, 4) === 0 ? 1 : 2
  const axes = (low: number, high: number) => Array.from({ length: rank }, () => pick(low, high))
  const kernel = pick(0, 1) === 0 ? axes(1, 1) : axes(1, 3)
  const [ic, most] = pick(0, 1) === 0 ? [pick(20, 700), 14] : [pick(1, 5), large ? 90 : 50]
  const activation = activationOf(pick)
  const options = {
    stride: axes(1, pick(1, 3)),
    dilation: axes(1, pick(1, 2)),
    padding: axes(0, 3),
    groups,
    residual: pick(0, 2) === 0,
    ...(activation === null ? {} : { activation }),
  }
  const x = [...(pick(0, 3) === 0 ? [2] : []), groups * ic, ...axes(1, rank === 1 ? 20 * most : most)]
  try {
    const weight = [groups * pick(4, 70), ic, ...kernel]
    return made({ describe: 'describeConv', x, weight, bias: pick(0, 2) > 0, options })
  } catch {
    return null // A kernel larger than its input.
  }
}

export function activationOf(pick: Draw): NonNullable<ConvOptions['activation']> | null {
  if (pick(0, 2) === 0) return null
  const kind = ACTIVATIONS[pick(0, ACTIVATIONS.length - 1)]
  if (kind === 'clip') return { kind, min: -0.5, max: 0.75 }
  return kind === 'leakyRelu' ? { kind, negativeSlope: 0.125 } : kind
}

const product = (values: readonly number[]): number => values.reduce((result, value) => result * value, 1)
