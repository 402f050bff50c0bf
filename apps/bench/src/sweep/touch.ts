// The least that memory asks of a problem: its operands read and its output written once, a vector of each cache line, and nothing multiplied.
import { type ConvDescriptor, type KernelFunction, type Machine, sizeOf, type Vec } from '@weft/core'

/**
 * The argument block, as indices of 32-bit words. Addresses are in bytes, and so are steps, from behind the lines of a run or the runs
 * of a plane to the next; of lines there are fours, and of a run's a rest.
 */
const ARGS = {
  x: 0,
  planes: 1,
  plane: 2,
  runs: 3,
  run: 4,
  fours: 5,
  rest: 6,
  weights: 7,
  weightFours: 8,
  y: 9,
  yFours: 10,
} as const

/** Bytes of a line of the cache, and of four. */
const [LINE, FOUR] = [64, 256]

/** Rows of a plane that lie side by side and are all read; every so many rows as many again. */
export interface RowRuns {
  readonly first: number
  readonly rows: number
  readonly step: number
  readonly count: number
}

/** Part of a kernel's taps that meet the picture for some output. */
export function livePart(d: ConvDescriptor): number {
  if (d.transposed) return 1
  return [0, 1, 2].reduce((part, axis) => {
    const live = Array.from({ length: d.kernel[axis] }, (_, tap) => reached(d, axis, tap)).filter((found) => found.length > 0)
    return (part * live.length) / d.kernel[axis]
  }, 1)
}

/** The input's indices along an axis that a tap meets. */
function reached(d: ConvDescriptor, axis: number, tap: number): number[] {
  const places = Array.from(
    { length: d.output[axis] },
    (_, out) => out * d.stride[axis] - d.before[axis] + tap * d.dilation[axis],
  )
  return places.filter((place) => place >= 0 && place < d.input[axis])
}

/**
 * Runs of the rows that the kernel reaches; those cut short by an edge of the picture are left out where there are others, and those
 * behind an uneven gap.
 */
export function rowRuns(d: ConvDescriptor): RowRuns {
  const height = d.input[1]
  const rows = new Set(Array.from({ length: d.kernel[1] }, (_, tap) => reached(d, 1, tap)).flat())
  const runs: { first: number; rows: number }[] = []
  for (let row = 0; row < height; row++) {
    if (!d.transposed && !rows.has(row)) continue
    const last = runs.at(-1)
    if (last && last.first + last.rows === row) last.rows++
    else runs.push({ first: row, rows: 1 })
  }
  const most = runs.reduce((longest, run) => Math.max(longest, run.rows), 0)
  const whole = runs.filter((run) => run.rows === most)
  const first = whole[0]?.first ?? 0
  const step = (whole[1]?.first ?? first) - first
  const uneven = whole.findIndex((run, index) => run.first !== first + index * step)
  return { first, rows: most, step, count: uneven === -1 ? whole.length : uneven }
}

/** Where a problem's operands lie, and bytes of the weights that are read. */
export interface Operands {
  readonly x: number
  readonly weights: number
  readonly weightBytes: number
  readonly y: number
}

/** Writes the argument block of `touchFunction` at byte `at`. Parts of four lines at the end of weights and output are left out. */
export function writeTouch(memory: ArrayBufferLike, at: number, d: ConvDescriptor, operands: Operands): void {
  const [row, plane] = [4 * d.input[2], 4 * d.input[0] * d.input[1] * d.input[2]]
  const flat = d.input[0] === 1
  const { first, rows, step, count } = flat ? rowRuns(d) : { first: 0, rows: d.input[1], step: 0, count: 1 }
  // Planes that are read whole lie side by side.
  const whole = rows === d.input[1]
  const planes = d.batch * d.ic
  const lines = Math.floor((whole ? planes * plane : rows * row) / LINE)
  const words = {
    ...{ x: operands.x + first * row, planes: whole ? 1 : planes, plane: plane - count * step * row },
    ...{ runs: count, run: step * row - lines * LINE, fours: Math.floor(lines / 4), rest: lines % 4 },
    ...{ weights: operands.weights, weightFours: Math.floor(operands.weightBytes / FOUR) },
    ...{ y: operands.y, yFours: Math.floor((4 * sizeOf(d.yShape)) / FOUR) },
  }
  const block = new Int32Array(memory, at, touchFunction.words)
  for (const name of Object.keys(ARGS) as (keyof typeof ARGS)[]) block[ARGS[name]] = words[name]
}

type Place = ReturnType<Machine['int']>
type OfLine = (m: Machine, at: Place, offset: number, sum: Vec) => void

export const touchFunction: KernelFunction = {
  name: 'sweep-touch',
  words: 1 + ARGS.yFours,
  emit(m) {
    const sums = Array.from({ length: FOUR / LINE }, () => m.vec())
    for (const sum of sums) m.constant(sum, 0)
    const lines = (at: Place, word: number, some: readonly Vec[], each: OfLine) =>
      m.loop(m.arg(word), () => {
        for (const [index, sum] of some.entries()) each(m, at, LINE * index, sum)
        m.add(at, LINE * some.length)
      })
    m.scope(() => {
      const x = m.arg(ARGS.x)
      m.loop(m.arg(ARGS.planes), () => {
        m.scope(() =>
          m.loop(m.arg(ARGS.runs), () => {
            m.scope(() => lines(x, ARGS.fours, sums, read))
            m.scope(() => lines(x, ARGS.rest, sums.slice(0, 1), read))
            m.scope(() => m.add(x, m.arg(ARGS.run)))
          }),
        )
        m.scope(() => m.add(x, m.arg(ARGS.plane)))
      })
    })
    m.scope(() => lines(m.arg(ARGS.weights), ARGS.weightFours, sums, read))
    m.scope(() => lines(m.arg(ARGS.y), ARGS.yFours, sums, (_, at, offset, sum) => m.store(at, offset, sum)))
  },
  touches(words, args) {
    const arg = (name: keyof typeof ARGS) => words[args + ARGS[name]]
    const span = (from: number, bytes: number) => ({ from: from >>> 0, to: (from >>> 0) + bytes })
    const lines = FOUR * arg('fours') + LINE * arg('rest')
    const run = lines + arg('run')
    const x = (arg('planes') - 1) * (arg('plane') + arg('runs') * run) + (arg('runs') - 1) * run + lines
    return [span(arg('x'), x), span(arg('weights'), FOUR * arg('weightFours')), span(arg('y'), FOUR * arg('yFours'))]
  },
}

function read(m: Machine, at: Place, offset: number, sum: Vec): void {
  m.scope(() => {
    const line = m.vec()
    m.load(line, at, offset)
    m.plus(sum, sum, line)
  })
}
