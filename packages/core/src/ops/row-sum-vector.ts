// The vector path of reduceSum and reduceMean: sixteen running sums of a row side by side, as many rows at once as there are lanes.
import { wordsOf } from '../isa/args.ts'
import type { Int, KernelFunction, Machine, MachineTraits, Vec } from '../isa/machine.ts'
import type { Callable } from '../kernels/kernel.ts'
import { copyOf } from '../kernels/move.ts'
import { type Rows, SUMS } from './row-sum.ts'
import type { VectorPath } from './vector.ts'

export const ROW_SUM_ARGS = { x: 0, y: 1, groups: 2, blocks: 3, divisor: 4 } as const
const ARGS = ROW_SUM_ARGS
const ARGS_BYTES = 64
/** Numbers that a call adds up at most, where a group of rows has no more: a cancelled run ends after one. */
const CALL_NUMBERS = 1 << 20

/** @param divisor of every sum */
export function rowSumVector({ count, size }: Rows, divisor: number, traits: MachineTraits): VectorPath | null {
  const { lanes } = traits
  if (lanes === 1) return null
  const [whole, single] = [rowSumFunction(lanes, size % SUMS), rowSumFunction(1, size % SUMS)]
  const mostGroups = Math.max(1, Math.floor(CALL_NUMBERS / (lanes * size)))
  return {
    privateBytes: ARGS_BYTES,
    units: count,
    functions: [whole, single],
    runner(code, memory) {
      const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
      const [sumWhole, sumSingle] = [whole, single].map(({ name }) => code.get(name) as Callable)
      return (begin, end, at, cancelled) => {
        const args = at.private / 4
        const call = (sum: Callable, row: number, groups: number): void => {
          words[args + ARGS.x] = at.inputs[0] + 4 * row * size
          words[args + ARGS.y] = at.outputs[0] + 4 * row
          words[args + ARGS.groups] = groups
          words[args + ARGS.blocks] = Math.floor(size / SUMS)
          floats[args + ARGS.divisor] = divisor
          sum(at.private)
        }
        for (let row = begin; row < end; ) {
          if (cancelled()) return false
          const groups = Math.min(mostGroups, Math.floor((end - row) / lanes))
          if (groups > 0) {
            call(sumWhole, row, groups)
            row += groups * lanes
          } else if (end - begin >= lanes) {
            // Some of these rows once more: they give the same.
            call(sumWhole, end - lanes, 1)
            row = end
          } else call(sumSingle, row++, 1)
        }
        return true
      }
    },
  }
}

/** Running sums in a vector, and what each lost in rounding. */
interface Sums {
  readonly sum: Vec
  readonly lost: Vec
}
type Spare = readonly [Vec, Vec, Vec]

/** Sums groups of rows of whole blocks of numbers and then `tail`. @param rows of a group: 1, or as many as the machine has lanes */
export function rowSumFunction(rows: number, tail: number): KernelFunction {
  return {
    name: `f32-row-sum-${rows}-${tail}`,
    words: wordsOf(ARGS),
    touches(words, args) {
      const [x, y] = [words[args + ARGS.x] >>> 0, words[args + ARGS.y] >>> 0]
      const outputs = words[args + ARGS.groups] * rows
      const size = words[args + ARGS.blocks] * SUMS + tail
      return [
        { from: x, to: x + 4 * outputs * size },
        { from: y, to: y + 4 * outputs },
      ]
    },
    emit(m) {
      const { lanes } = m.traits
      const [x, y] = [m.arg(ARGS.x), m.arg(ARGS.y)]
      m.loop(m.arg(ARGS.groups), () => {
        const [spare, total]: [Spare, Sums] = [[m.vec(), m.vec(), m.vec()], newSums(m)]
        emitGroup(m, x, total, rows, tail, spare)
        for (let n = lanes; n > rows; n /= 2) emitPairs(m, total, total, spare)
        emitResult(m, total, spare)
        if (rows === lanes) m.store(y, 0, total.sum)
        else m.storeFirst(y, 0, total.sum, rows)
        m.add(y, 4 * rows)
      })
    },
  }
}

/** Emits the mean of what `of` makes of the numbers of the row at `x`, of whole blocks of them, in all lanes. */
export function emitMean(m: Machine, x: Int, mean: Vec, of: (number: Vec) => void): void {
  m.scope(() => {
    const [spare, total]: [Spare, Sums] = [[m.vec(), m.vec(), m.vec()], { sum: mean, lost: m.vec() }]
    emitRow(m, copyOf(m, x), total, 0, spare, of)
    for (let n = m.traits.lanes; n > 1; n /= 2) emitPairs(m, total, total, spare)
    emitResult(m, total, spare)
  })
}

function newSums(m: Machine): Sums {
  return { sum: m.vec(), lost: m.vec() }
}

/** Leaves `rows` rows in one vector, each as so many neighbouring sums. */
function emitGroup(m: Machine, x: Int, to: Sums, rows: number, tail: number, spare: Spare): void {
  if (rows === 1) {
    m.scope(() => emitRow(m, x, to, tail, spare))
    return
  }
  emitGroup(m, x, to, rows / 2, tail, spare)
  m.scope(() => {
    const other = newSums(m)
    emitGroup(m, x, other, rows / 2, tail, spare)
    emitPairs(m, to, other, spare)
  })
}

/** Adds up a row as far as into one vector, and moves on to the next row. */
function emitRow(m: Machine, x: Int, to: Sums, tail: number, spare: Spare, of: (number: Vec) => void = () => {}): void {
  const { lanes } = m.traits
  const vectors = [to, ...Array.from({ length: SUMS / lanes - 1 }, () => newSums(m))]
  for (const { sum, lost } of vectors) {
    m.constant(sum, 0)
    m.constant(lost, 0)
  }
  m.loop(m.arg(ARGS.blocks), () => {
    vectors.forEach((sums, index) => {
      m.load(spare[0], x, 4 * lanes * index)
      of(spare[0])
      emitAdd(m, sums, spare)
    })
    m.add(x, 4 * SUMS)
  })
  vectors.forEach((sums, index) => {
    const count = Math.min(lanes, tail - lanes * index)
    if (count <= 0) return
    m.loadFirst(spare[0], x, 4 * lanes * index, count)
    emitAdd(m, sums, spare)
  })
  m.add(x, 4 * tail)
  for (let step = 1; step < vectors.length; step *= 2) {
    for (let i = 0; i < vectors.length; i += 2 * step) emitPairs(m, vectors[i], vectors[i + step], spare)
  }
}

/** Adds spare[0]. */
function emitAdd(m: Machine, { sum, lost }: Sums, [x, added, error]: Spare): void {
  m.plus(error, sum, x)
  m.minus(added, error, sum)
  m.minus(error, error, added)
  m.minus(error, sum, error)
  m.minus(added, x, added)
  m.plus(error, error, added)
  m.plus(lost, lost, error)
  m.plus(sum, sum, x)
}

/** Pairs of neighbours of a, then of b, in a. */
function emitPairs(m: Machine, a: Sums, b: Sums, [left, right, added]: Spare): void {
  m.evens(left, a.sum, b.sum)
  m.odds(right, a.sum, b.sum)
  m.plus(a.sum, left, right)
  m.minus(added, a.sum, left)
  m.minus(right, right, added)
  m.minus(added, a.sum, added)
  m.minus(left, left, added)
  m.plus(left, left, right)
  m.evens(right, a.lost, b.lost)
  m.odds(added, a.lost, b.lost)
  m.plus(a.lost, right, added)
  m.plus(a.lost, a.lost, left)
}

function emitResult(m: Machine, { sum, lost }: Sums, [zero, above, below]: Spare): void {
  m.constant(zero, 0)
  // Of what is not a number nothing is left: an infinite sum stays.
  m.max(above, zero, lost)
  m.min(below, zero, lost)
  m.plus(above, above, below)
  m.plus(sum, sum, above)
  m.argFloat(above, ARGS.divisor)
  m.over(sum, sum, above)
}
