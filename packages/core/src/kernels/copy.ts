// Copying rows as machine code; sums that lie in lines are finished on their way to the output.
import { wordsOf } from '../isa/args.ts'
import type { Access, Int, KernelFunction, Machine, MachineTraits, Vec } from '../isa/machine.ts'
import { type Epilogue, emitEpilogue, epilogueName, PLAIN, residualOf } from './epilogue.ts'
import { overRows } from './move.ts'

/**
 * Copies planes of rows: `vectors` vectors, `quads` times four floats, then `singles` at their own steps; where they are sums, with what is left to be
 * done to them. Words of the argument block; strides in bytes.
 */
export const COPY_ARGS = {
  from: 0,
  to: 1,
  planes: 2,
  fromPlane: 3,
  toPlane: 4,
  rows: 5,
  fromRow: 6,
  toRow: 7,
  vectors: 8,
  singles: 9,
  fromStep: 10,
  toStep: 11,
  residual: 12,
  alpha: 13,
  beta: 14,
  quads: 15,
} as const

export function copyFunction(epilogue = PLAIN): KernelFunction {
  return {
    name: `f32-copy-rows${epilogueName(epilogue)}`,
    words: wordsOf(COPY_ARGS),
    touches: (words, args, { lanes }) => copyTouches(words, args, epilogue, lanes),
    emit(m) {
      overRows(
        m,
        COPY_ARGS,
        [COPY_ARGS.from, COPY_ARGS.to],
        [COPY_ARGS.fromPlane, COPY_ARGS.toPlane],
        ([from, to]) => emitCopy(m, epilogue, from, to),
        [COPY_ARGS.fromRow, COPY_ARGS.toRow],
      )
    },
  }
}

function copyTouches(words: Int32Array, args: number, { residual }: Epilogue, lanes: number): Access[] {
  const arg = (name: keyof typeof COPY_ARGS) => words[args + COPY_ARGS[name]]
  const whole = 4 * (lanes * arg('vectors') + QUAD * arg('quads'))
  const row = (step: number) => whole + (arg('singles') === 0 ? 0 : (arg('singles') - 1) * step + 4)
  const end = (plane: number, pitch: number, step: number) => (arg('planes') - 1) * plane + (arg('rows') - 1) * pitch + row(step)
  const [from, to] = [arg('from') >>> 0, arg('to') >>> 0]
  const written = { from: to, to: to + end(arg('toPlane'), arg('toRow'), arg('toStep')) }
  return [
    { from, to: from + end(arg('fromPlane'), arg('fromRow'), arg('fromStep')) },
    written,
    ...(residual ? [residualOf(written, words, args, COPY_ARGS)] : []),
  ]
}

/** Emits the copy of one row; moves both pointers. */
function emitCopy(m: Machine, epilogue: Epilogue, from: Int, to: Int): void {
  const finish: Finish = (pixels, at, count) =>
    emitEpilogue(m, epilogue, COPY_ARGS, [pixels], [{ y: at, visit: (place, each) => each(pixels, place, 0) }], count)
  const plain = epilogueName(epilogue) === epilogueName(PLAIN)
  const along = (word: number, count: number, fromStep: Int | number, toStep: Int | number) =>
    m.loop(m.arg(word), () => {
      emitMove(m, from, to, count, plain ? undefined : finish)
      m.add(from, fromStep)
      m.add(to, toStep)
    })
  for (const [word, count] of piecesOf(m.traits)) m.scope(() => along(COPY_ARGS[word], count, 4 * count, 4 * count))
  along(COPY_ARGS.singles, 1, m.arg(COPY_ARGS.fromStep), m.arg(COPY_ARGS.toStep))
}

/** Emits what is done to the first `count` lanes on their way to pointer `to`. */
export type Finish = (pixels: Vec, to: Int, count: number) => void

/** Emits the move of `count` floats. */
export function emitMove(m: Machine, from: Int, to: Int, count: number, finish?: Finish): void {
  // A float by itself is moved faster without masks.
  if (count === 1 && finish === undefined) {
    const bits = m.int()
    m.loadInt(bits, from, 0)
    m.storeInt(to, 0, bits)
    return
  }
  const pixels = m.vec()
  if (count < m.traits.lanes) m.loadFirst(pixels, from, 0, count)
  else m.load(pixels, from, 0)
  finish?.(pixels, to, count)
  if (count < m.traits.lanes) m.storeFirst(to, 0, pixels, count)
  else m.store(to, 0, pixels)
}

/** How many pieces of each size so many floats side by side are. */
export function pieces(floats: number, lanes: number): { vectors: number; quads: number; singles: number } {
  const vectors = Math.floor(floats / lanes)
  const rest = floats - vectors * lanes
  return { vectors, quads: Math.floor(rest / QUAD), singles: rest % QUAD }
}
export const QUAD = 4

/** Pieces of more than a float, where a machine has them. */
function piecesOf({ lanes }: MachineTraits): ['vectors' | 'quads', number][] {
  return lanes > QUAD
    ? [
        ['vectors', lanes],
        ['quads', QUAD],
      ]
    : [['vectors', lanes]]
}
