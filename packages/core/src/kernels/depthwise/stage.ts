// Staging as machine code: a row of the picture copied to the rows of its stride phases.
import type { Int, Machine } from '../../isa/machine.ts'
import { copyOf } from '../move.ts'
import { pixelsOf, type Rows } from './rows.ts'

/** Vectors of a row that are copied one after the other; more are a loop. */
const MOST_UNROLLED = 8

/** Emits the copy of one row. Bytes behind its pixels may be set to zero up to the pitch, unless the copy is `exact`. */
export function emitStageRow(m: Machine, rows: Rows, from: Int, to: Int, exact: boolean): void {
  if (rows.stride === 1) stageVectors(m, rows, from, to, exact)
  else if (rows.stride === 2) stageHalves(m, rows, from, to, exact)
  else stageSingles(m, rows, from, to)
}

function stageVectors(m: Machine, { width }: Rows, from: Int, to: Int, exact: boolean): void {
  const { lanes } = m.traits
  const pixels = m.vec()
  if (width < lanes) {
    m.loadFirst(pixels, from, 0, width)
    if (exact) m.storeFirst(to, 0, pixels, width)
    else m.store(to, 0, pixels)
    return
  }
  const copy = (source: Int, target: Int, at: number) => {
    m.load(pixels, source, 4 * at)
    m.store(target, 4 * at, pixels)
  }
  emitSteps(m, Math.floor(width / lanes), from, to, lanes, lanes, copy)
  // The last vector is moved back over pixels already copied rather than reaching past the row.
  if (width % lanes !== 0) copy(from, to, width - lanes)
}

/** Stride 2: even and odd pixels part, two vectors at a time. */
function stageHalves(m: Machine, { width, phases, pitch }: Rows, from: Int, to: Int, exact: boolean): void {
  const { lanes } = m.traits
  const [first, second, half] = [m.vec(), m.vec(), m.vec()]
  /** `pixel` is that of the row in lane 0, where `to` is the place of pixel `base`. */
  const part = (target: Int, pixel: number) => {
    for (const [index, phase] of phases.entries()) {
      if ((pixel + phase) % 2 === 0) m.evens(half, first, second)
      else m.odds(half, first, second)
      const at = 4 * (index * pitch + Math.ceil((pixel - phase) / 2))
      const pixels = pixelsOf(width, 2, phase)
      if (!exact || pixels >= lanes) m.store(target, at, half)
      else if (pixels > 0) m.storeFirst(target, at, half, pixels)
    }
  }
  if (width < 2 * lanes) {
    m.loadFirst(first, from, 0, Math.min(width, lanes))
    if (width > lanes) m.loadFirst(second, from, 4 * lanes, width - lanes)
    else m.constant(second, 0)
    part(to, 0)
    return
  }
  const pair = (source: Int, target: Int, pixel: number, at: number) => {
    m.load(first, source, 4 * at)
    m.load(second, source, 4 * (at + lanes))
    part(target, pixel)
  }
  emitSteps(m, Math.floor(width / (2 * lanes)), from, to, 2 * lanes, lanes, (source, target, at) => pair(source, target, at, at))
  if (width % (2 * lanes) !== 0) pair(from, to, width - 2 * lanes, width - 2 * lanes)
}

function stageSingles(m: Machine, { width, stride, phases, pitch }: Rows, from: Int, to: Int): void {
  phases.forEach((phase, index) => {
    m.scope(() => {
      const [source, target, pixel] = [copyOf(m, from), copyOf(m, to), m.int()]
      m.loop(m.number(pixelsOf(width, stride, phase)), () => {
        m.loadInt(pixel, source, 4 * phase)
        m.storeInt(target, 4 * index * pitch, pixel)
        m.add(source, 4 * stride)
        m.add(target, 4)
      })
    })
  })
}

/** Emits `count` steps of `fromStep` and `toStep` floats: `step` takes the pointers and the pixel that it begins at beyond them. */
function emitSteps(
  m: Machine,
  count: number,
  from: Int,
  to: Int,
  fromStep: number,
  toStep: number,
  step: (source: Int, target: Int, at: number) => void,
): void {
  if (count <= MOST_UNROLLED) {
    for (let n = 0; n < count; n++) step(from, to, n * fromStep)
    return
  }
  m.scope(() => {
    const [source, target] = [copyOf(m, from), copyOf(m, to)]
    m.loop(m.number(count), () => {
      step(source, target, 0)
      m.add(source, 4 * fromStep)
      m.add(target, 4 * toStep)
    })
  })
}
