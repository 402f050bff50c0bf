// Copying rows as machine code; sums that lie in lines are finished on their way to the output.
import type { Access, Int, KernelFunction, Machine } from '../isa/machine.ts'
import { type Epilogue, emitEpilogue, epilogueName, PLAIN, residualOf } from './epilogue.ts'
import { overRows } from './move.ts'

/**
 * Copies planes of rows: `vectors` vectors, then `singles` floats at their own steps; where they are sums, with what is left to be
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
} as const

export function copyFunction(epilogue = PLAIN): KernelFunction {
  return {
    name: `f32-copy-rows${epilogueName(epilogue)}`,
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
  const row = (step: number) => 4 * lanes * arg('vectors') + (arg('singles') === 0 ? 0 : (arg('singles') - 1) * step + 4)
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
  const bytes = m.traits.lanes * 4
  const vector = m.vec()
  const finish = (count: number) =>
    emitEpilogue(m, epilogue, COPY_ARGS, [vector], [{ y: to, visit: (at, each) => each(vector, at, 0) }], count)
  m.scope(() =>
    m.loop(m.arg(COPY_ARGS.vectors), () => {
      m.load(vector, from, 0)
      finish(m.traits.lanes)
      m.store(to, 0, vector)
      m.add(from, bytes)
      m.add(to, bytes)
    }),
  )
  const [single, fromStep, toStep] = [m.int(), m.arg(COPY_ARGS.fromStep), m.arg(COPY_ARGS.toStep)]
  m.loop(m.arg(COPY_ARGS.singles), () => {
    if (epilogue === PLAIN) {
      m.loadInt(single, from, 0)
      m.storeInt(to, 0, single)
    } else {
      m.loadFirst(vector, from, 0, 1)
      finish(1)
      m.storeFirst(to, 0, vector, 1)
    }
    m.add(from, fromStep)
    m.add(to, toStep)
  })
}
