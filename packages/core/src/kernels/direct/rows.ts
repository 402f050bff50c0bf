// Staging rows as machine code: of each row of the picture the columns that a plane holds, and zeros around them.
import { wordsOf } from '../../isa/args.ts'
import type { Int, KernelFunction, Machine } from '../../isa/machine.ts'
import { copyOf, overRows } from '../move.ts'

/** What a plane holds of a row: `before` zeros, `count` pixels `stride` apart from pixel `first` on, `after` zeros. */
export interface StagedRow {
  readonly first: number
  readonly count: number
  readonly before: number
  readonly after: number
  /** Floats from the place that is called with to the plane's. */
  readonly at: number
}

/** Words of the argument block; strides in bytes. `to` is the first row of the first plane. */
export const STAGE_ARGS = { from: 0, to: 1, planes: 2, fromPlane: 3, toPlane: 4, rows: 5, fromRow: 6, toRow: 7 } as const

/**
 * Floats that may be set to zero behind a plane's last row. Behind other rows they belong to the next row, which is
 * written after.
 */
export const STAGE_SLACK = 16

/** Vectors of a row that are copied one after the other; more are a loop. */
const MOST_UNROLLED = 4
/** Pixels of a row that are copied one by one without a loop. */
const MOST_SINGLES = 24
/** Strides whose pixels are parted as vectors; others go one by one. */
const HALVED = [1, 2, 4]

export function stageFunction(rows: readonly StagedRow[], stride: number): KernelFunction {
  const names = rows.map(({ first, count, before, after, at }) => `${first}.${count}.${before}.${after}.${at}`)
  return {
    name: `f32-stage-rows-s${stride}-${names.join('-')}`,
    words: wordsOf(STAGE_ARGS),
    emit: (m) =>
      overRows(
        m,
        STAGE_ARGS,
        [STAGE_ARGS.from, STAGE_ARGS.to],
        [STAGE_ARGS.fromPlane, STAGE_ARGS.toPlane],
        ([from, to]) => {
          for (const row of rows) m.scope(() => emitRow(m, row, stride, from, to))
        },
        [STAGE_ARGS.fromRow, STAGE_ARGS.toRow],
      ),
    touches(words, args) {
      const arg = (name: keyof typeof STAGE_ARGS) => words[args + STAGE_ARGS[name]]
      const [from, to] = [arg('from') >>> 0, arg('to') >>> 0]
      const last = (plane: number, row: number) => (arg('planes') - 1) * plane + (arg('rows') - 1) * row
      const [fromLast, toLast] = [last(arg('fromPlane'), arg('fromRow')), last(arg('toPlane'), arg('toRow'))]
      return rows.flatMap(({ first, count, before, after, at }) => [
        { from: from + 4 * first, to: from + fromLast + 4 * (first + Math.max(0, (count - 1) * stride + 1)) },
        { from: to + 4 * at, to: to + toLast + 4 * (at + before + count + after + STAGE_SLACK) },
      ])
    },
  }
}

function emitRow(m: Machine, { first, count, before, after, at }: StagedRow, stride: number, from: Int, to: Int): void {
  emitZeros(m, to, at, before)
  if (count > 0) {
    if (HALVED.includes(stride)) emitVectors(m, count, stride, from, first, to, at + before)
    else emitSingles(m, count, stride, from, first, to, at + before)
  }
  emitZeros(m, to, at + before + count, after)
}

/** `count` zeros or up to a vector more. */
function emitZeros(m: Machine, to: Int, at: number, count: number): void {
  const { lanes } = m.traits
  if (count === 0) return
  m.scope(() => {
    const zero = m.vec()
    m.constant(zero, 0)
    emitSteps(m, Math.ceil(count / lanes), [{ pointer: to, step: lanes }], ([target], n) => {
      m.store(target, 4 * (at + n * lanes), zero)
    })
  })
}

/** Vectors of every `stride`-th pixel; the last is moved back over pixels already copied, or ends with zeros. */
function emitVectors(m: Machine, count: number, stride: number, from: Int, first: number, to: Int, at: number): void {
  const { lanes } = m.traits
  const vector = (source: Int, pixel: number, floats: number, target: Int, place: number) =>
    m.scope(() => m.store(target, 4 * place, emitEvery(m, stride, source, pixel, floats)))
  const whole = Math.max(0, Math.ceil(count / lanes) - 1)
  const steps = [
    { pointer: from, step: stride * lanes },
    { pointer: to, step: lanes },
  ]
  emitSteps(m, whole, steps, ([source, target], n) => {
    vector(source, first + n * stride * lanes, stride * lanes, target, at + n * lanes)
  })
  const last = Math.max(0, count - lanes)
  vector(from, first + last * stride, (count - last - 1) * stride + 1, to, at + last)
}

/** A register with every `stride`-th of `floats` floats, the first among them; no other memory is read. */
function emitEvery(m: Machine, stride: number, source: Int, pixel: number, floats: number): ReturnType<Machine['vec']> {
  const { lanes } = m.traits
  const to = m.vec()
  if (stride === 1) {
    if (floats <= 0) m.constant(to, 0)
    else if (floats < lanes) m.loadFirst(to, source, 4 * pixel, floats)
    else m.load(to, source, 4 * pixel)
    return to
  }
  const half = (stride / 2) * lanes
  const a = emitEvery(m, stride / 2, source, pixel, floats)
  const b = emitEvery(m, stride / 2, source, pixel + half, floats - half)
  m.evens(to, a, b)
  return to
}

function emitSingles(m: Machine, count: number, stride: number, from: Int, first: number, to: Int, at: number): void {
  if (count <= MOST_SINGLES) {
    for (let pixel = 0; pixel < count; pixel++) {
      m.scope(() => {
        const bits = m.int()
        m.loadInt(bits, from, 4 * (first + pixel * stride))
        m.storeInt(to, 4 * (at + pixel), bits)
      })
    }
    return
  }
  m.scope(() => {
    const [source, target, pixel] = [copyOf(m, from), copyOf(m, to), m.int()]
    m.loop(m.number(count), () => {
      m.loadInt(pixel, source, 4 * first)
      m.storeInt(target, 4 * at, pixel)
      m.add(source, 4 * stride)
      m.add(target, 4)
    })
  })
}

/** Emits `count` steps: unrolled ones are told how many came before, those of a loop are given pointers that move by floats. */
function emitSteps(
  m: Machine,
  count: number,
  pointers: readonly { pointer: Int; step: number }[],
  step: (pointers: Int[], n: number) => void,
): void {
  if (count <= MOST_UNROLLED) {
    const fixed = pointers.map(({ pointer }) => pointer)
    for (let n = 0; n < count; n++) step(fixed, n)
    return
  }
  m.scope(() => {
    const moving = pointers.map(({ pointer }) => copyOf(m, pointer))
    m.loop(m.number(count), () => {
      step(moving, 0)
      moving.forEach((pointer, index) => m.add(pointer, 4 * pointers[index].step))
    })
  })
}
