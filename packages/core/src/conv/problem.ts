// A convolution as one line of text, written as benchdnn writes it: g1mb1ic64ih56oc64oh56kh3ph1n"name".
import { WeftError } from '../errors.ts'
import { type ConvDescriptor, describeConv, describeConvTranspose } from './descriptor.ts'
import { convExtent, transposedExtent } from './output-shape.ts'

export interface Problem {
  /** The text that repeats it. */
  readonly text: string
  readonly name: string
  readonly descriptor: ConvDescriptor
}

const KEYS = [
  'g',
  'mb',
  'ic',
  'id',
  'ih',
  'iw',
  'oc',
  'od',
  'oh',
  'ow',
  'kd',
  'kh',
  'kw',
  'sd',
  'sh',
  'sw',
  'pd',
  'ph',
  'pw',
  'dd',
  'dh',
  'dw',
  'tr',
] as const
type Key = (typeof KEYS)[number]

/**
 * Reads a problem text. Numbers follow their keys: g groups, mb batch, i/o/k/s/p/d for input, output, kernel, stride,
 * padding and dilation (0 means none) of depth, height and width; ic and oc channels; tr1 a transposed convolution; n a name
 * in quotes. Depth appears for 3-D; without ih a problem is 1-D along iw. What is left out of the width is as the height; a
 * given output size that symmetric padding does not give is reached by padding more or less at the end.
 * @throws PROBLEM with the place that cannot be read, and what describeConv throws.
 */
export function parseProblem(text: string): Problem {
  const { values, name } = tokens(text.trim())
  const axes = values.has('id') || values.has('kd') ? 'dhw' : values.has('ih') || values.has('kh') ? 'hw' : 'w'
  const first = axes[0]
  const value = (key: string, fallback?: number): number => {
    const given = values.get(key as Key)
    if (given !== undefined) return given
    if (fallback === undefined) throw new WeftError('PROBLEM', `problem '${text}' lacks ${key}; for example ic64ih56oc64kh3ph1`)
    return fallback
  }
  // What an axis leaves out it takes from the height (the width for 1-D, the depth where only that is given).
  const perAxis = (letter: string, fallback?: number): number[] => {
    const model = values.get(`${letter}h` as Key) ?? values.get(`${letter}${first}` as Key)
    return [...axes].map((axis) => value(`${letter}${axis}`, model ?? fallback))
  }
  const [groups, batch, ic, oc] = [value('g', 1), value('mb', 1), value('ic'), value('oc')]
  if (groups === 0 || ic % groups !== 0 || oc % groups !== 0) {
    throw new WeftError('PROBLEM', `problem '${text}': ${ic} and ${oc} channels cannot be split into ${groups} groups`)
  }
  const [input, kernel, stride, padding] = [perAxis('i'), perAxis('k'), perAxis('s', 1), perAxis('p', 0)]
  const dilation = perAxis('d', 0).map((gap) => gap + 1)
  const tr = value('tr', 0)
  if (tr > 1) throw new WeftError('PROBLEM', `problem '${text}' has tr${tr}; tr1 is a transposed convolution, tr0 is none`)
  const transposed = tr === 1
  const output = [...axes].map((axis, index) => {
    const model = axis === 'w' && axes !== 'w' && !values.has('iw') ? values.get('oh') : undefined
    return values.get(`o${axis}` as Key) ?? model ?? natural(input, kernel, stride, padding, dilation, transposed, index)
  })
  const pairs = output.map((extent, axis): [number, number] => {
    const span = transposed
      ? transposedExtent(input[axis], kernel[axis], stride[axis], dilation[axis], padding[axis], 0, 0) - extent
      : (extent - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1 - input[axis] - padding[axis]
    return [
      padding[axis],
      convAfter(span, transposed, input[axis], kernel[axis], stride[axis], dilation[axis], padding[axis], extent),
    ]
  })
  const x = [batch, ic, ...input]
  const descriptor = transposed
    ? describeConvTranspose(x, [ic, oc / groups, ...kernel], true, { stride, padding: pairs, dilation, groups })
    : describeConv(x, [oc, ic / groups, ...kernel], true, { stride, padding: pairs, dilation, groups })
  if (output.some((extent, axis) => extent !== descriptor.output[3 - output.length + axis])) {
    const got = descriptor.output.slice(3 - output.length).join('x')
    throw new WeftError(
      'PROBLEM',
      `problem '${text}' asks for an output of ${output.join('x')}; its input, kernel and padding give ${got}`,
    )
  }
  return { text: text.trim(), name: name ?? text.trim(), descriptor }
}

function natural(
  input: number[],
  kernel: number[],
  stride: number[],
  padding: number[],
  dilation: number[],
  transposed: boolean,
  axis: number,
): number {
  const [n, k, s, d, p] = [input, kernel, stride, dilation, padding].map((values) => values[axis])
  return transposed ? transposedExtent(n, k, s, d, p, p, 0) : convExtent(n, k, s, d, p, p)
}

/** Padding after the axis: what the wanted output needs, but what symmetry gives where that yields the same output. */
function convAfter(
  span: number,
  transposed: boolean,
  n: number,
  k: number,
  s: number,
  d: number,
  p: number,
  extent: number,
): number {
  if (transposed) return Math.max(0, span)
  return convExtent(n, k, s, d, p, p) === extent ? p : Math.max(0, span)
}

function tokens(text: string): { values: Map<Key, number>; name: string | undefined } {
  const values = new Map<Key, number>()
  let name: string | undefined
  let rest = text
  while (rest !== '') {
    const named = /^_?n"([^"]*)"/.exec(rest)
    const pair = /^_?([a-z]{1,2}?)(\d{1,9})/.exec(rest)
    if (named !== null) name = named[1]
    else if (pair !== null && KEYS.includes(pair[1] as Key) && !values.has(pair[1] as Key))
      values.set(pair[1] as Key, Number(pair[2]))
    else {
      throw new WeftError(
        'PROBLEM',
        `problem '${text}' cannot be read from '${rest.slice(0, 12)}' on; keys are ${KEYS.join(' ')} and n"name", each once`,
      )
    }
    rest = rest.slice((named ?? pair ?? [''])[0].length)
  }
  if (values.size === 0) throw new WeftError('PROBLEM', `problem '${text}' is empty; for example ic64ih56oc64kh3ph1`)
  return { values, name }
}

/** The problems of a suite file: one a line; blank lines and lines that begin with # are left out. */
export function parseSuite(text: string): Problem[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseProblem)
}
