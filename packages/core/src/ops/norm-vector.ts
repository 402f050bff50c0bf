// The vector path of layerNorm and instanceNorm: rows of numbers, each by its own mean and variance.
import { wordsOf } from '../isa/args.ts'
import type { Int, KernelFunction, Machine, MachineTraits, Vec } from '../isa/machine.ts'
import type { Callable } from '../kernels/kernel.ts'
import { copyOf } from '../kernels/move.ts'
import { LONGEST, SUMS } from './row-sum.ts'
import { emitMean, ROW_SUM_ARGS } from './row-sum-vector.ts'
import type { VectorPath } from './vector.ts'

/** The argument block, as indices of 32-bit words: what the mean of a row reads, then this. Addresses are in bytes. */
const ARGS = { ...ROW_SUM_ARGS, rows: 5, epsilon: 6, scale: 7, shift: 8, means: 9, inverses: 10 } as const
const ARGS_BYTES = 64
/** Numbers that a call takes at most, where a row has no more: a cancelled run ends after one. */
const CALL_NUMBERS = 1 << 18

export interface NormRows {
  readonly count: number
  readonly size: number
  readonly epsilon: number
  /** Rows that have a scale and a shift each, again and again; 0: each number of a row has its own, the same for all rows. */
  readonly channels: number
  /** Whether the mean and the inverse deviation of each row are outputs too. */
  readonly statistics: boolean
}

/** Null where the machine has no vectors, or rows are not of whole blocks: what lies behind them would be part of the variance. */
export function normVector(
  { count, size, epsilon, channels, statistics }: NormRows,
  { lanes }: MachineTraits,
): VectorPath | null {
  if (lanes === 1 || size === 0 || size % SUMS !== 0 || size > LONGEST) return null
  const code = normFunction(channels > 0, statistics)
  const most = Math.max(1, Math.floor(CALL_NUMBERS / size))
  return {
    privateBytes: ARGS_BYTES,
    units: count,
    functions: [code],
    runner(callables, memory) {
      const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
      const call = callables.get(code.name) as Callable
      return (begin, end, at, cancelled) => {
        const args = at.private / 4
        const [y, means = 0, inverses = 0] = at.outputs
        for (let row = begin; row < end; ) {
          if (cancelled()) return false
          const channel = channels > 0 ? row % channels : 0
          const rows = Math.min(end - row, most, channels > 0 ? channels - channel : most)
          words[args + ARGS.x] = at.inputs[0] + 4 * row * size
          words[args + ARGS.y] = y + 4 * row * size
          words[args + ARGS.rows] = rows
          words[args + ARGS.blocks] = size / SUMS
          floats[args + ARGS.divisor] = size
          floats[args + ARGS.epsilon] = epsilon
          words[args + ARGS.scale] = at.inputs[1] + 4 * channel
          words[args + ARGS.shift] = at.inputs[2] + 4 * channel
          words[args + ARGS.means] = means + 4 * row
          words[args + ARGS.inverses] = inverses + 4 * row
          call(at.private)
          row += rows
        }
        return true
      }
    },
  }
}

/** @param single whether a row has one scale and one shift */
export function normFunction(single: boolean, statistics: boolean): KernelFunction {
  return {
    name: `f32-norm${single ? '-one' : '-row'}${statistics ? '-statistics' : ''}`,
    words: wordsOf(ARGS),
    touches(words, args) {
      const arg = (name: keyof typeof ARGS) => words[args + ARGS[name]] >>> 0
      const rows = arg('rows')
      const row = arg('blocks') * SUMS
      const span = (name: keyof typeof ARGS, count: number) => ({ from: arg(name), to: arg(name) + 4 * count })
      const parameters = single ? rows : row
      return [
        ...[span('x', rows * row), span('y', rows * row), span('scale', parameters), span('shift', parameters)],
        ...(statistics ? [span('means', rows), span('inverses', rows)] : []),
      ]
    },
    emit(m) {
      const [x, y, scale, shift] = [ARGS.x, ARGS.y, ARGS.scale, ARGS.shift].map((word) => m.arg(word))
      const [means, inverses] = statistics ? [m.arg(ARGS.means), m.arg(ARGS.inverses)] : []
      m.loop(m.arg(ARGS.rows), () => {
        // The mean was rounded: numbers that are equal would be a bit away from it, which is much where their variance is small.
        const [mean, rest, inverse] = [m.vec(), m.vec(), m.vec()]
        const centre = (number: Vec, ...by: Vec[]) => {
          for (const one of by) m.minus(number, number, one)
        }
        emitMean(m, x, mean, () => {})
        emitMean(m, x, rest, (number) => centre(number, mean))
        m.scope(() => {
          const variance = m.vec()
          emitMean(m, x, variance, (number) => {
            centre(number, mean, rest)
            m.times(number, number, number)
          })
          emitInverse(m, variance, inverse)
        })
        emitRow(m, x, y, single, scale, shift, (number) => centre(number, mean, rest), inverse)
        m.plus(mean, mean, rest)
        for (const [at, value] of [
          [means, mean],
          [inverses, inverse],
        ] as const) {
          if (at === undefined) continue
          m.storeFirst(at, 0, value, 1)
          m.add(at, 4)
        }
        if (single) for (const parameter of [scale, shift]) m.add(parameter, 4)
      })
    },
  }
}

/** One by the root of variance and epsilon. */
function emitInverse(m: Machine, variance: Vec, inverse: Vec): void {
  m.scope(() => {
    const epsilon = m.vec()
    m.argFloat(epsilon, ARGS.epsilon)
    m.plus(variance, variance, epsilon)
    m.sqrt(variance, variance)
    m.constant(inverse, 1)
    m.over(inverse, inverse, variance)
  })
}

/** Moves `x` and `y` behind the row. */
function emitRow(
  m: Machine,
  x: Int,
  y: Int,
  single: boolean,
  scale: Int,
  shift: Int,
  centre: (number: Vec) => void,
  inverse: Vec,
): void {
  const { lanes } = m.traits
  m.scope(() => {
    const [pixel, factor, added] = [m.vec(), m.vec(), m.vec()]
    const [scaleAt, shiftAt] = [copyOf(m, scale), copyOf(m, shift)]
    if (single) {
      m.broadcast(factor, scaleAt, 0)
      m.times(factor, factor, inverse)
      m.broadcast(added, shiftAt, 0)
    }
    m.loop(m.arg(ARGS.blocks), () => {
      for (let at = 0; at < 4 * SUMS; at += 4 * lanes) {
        m.load(pixel, x, at)
        centre(pixel)
        if (!single) {
          m.times(pixel, pixel, inverse)
          m.load(factor, scaleAt, at)
          m.load(added, shiftAt, at)
        }
        m.horner(pixel, factor, added)
        m.store(y, at, pixel)
      }
      for (const pointer of single ? [x, y] : [x, y, scaleAt, shiftAt]) m.add(pointer, 4 * SUMS)
    })
  })
}
