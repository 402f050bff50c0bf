// Staging as machine code: a row of the picture copied to the rows of its stride phases.
import type { Int, Machine } from '../../isa/machine.ts'
import { copyOf } from '../move.ts'
import { pixelsOf, type Rows } from './rows.ts'

/** Vectors of a row that are copied one after the other; more are a loop. */
const MOST_UNROLLED = 8
/** Floats of a row that are copied one by one without a loop. */
const MOST_SINGLES = 48

/** Emits the copy of one row. Bytes behind its pixels may be set to zero up to the pitch, unless the copy is `exact`. */
export function emitStageRow(m: Machine, rows: Rows, from: Int, to: Int, exact: boolean): void {
  if (rows.stride === 1) stageVectors(m, rows, from, to, exact)
  else if (rows.stride === 2) stageHalves(m, rows, from, to, exact)
  else if (stagesThirds(rows, m.traits.lanes)) stageThirds(m, rows, from, to)
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

/** Whether rows of stride 3 are staged by vectors: for one phase of three, or for less than a vector, floats by themselves are faster. */
export function stagesThirds({ stride, width, phases }: Pick<Rows, 'stride' | 'width' | 'phases'>, lanes: number): boolean {
  return stride === 3 && width > 3 * lanes && phases.length > 1
}

/** Stride 3: vectors of all phases at once, which read a float more than theirs; the last are moved back. */
function stageThirds(m: Machine, { width, phases, pitch }: Rows, from: Int, to: Int): void {
  const { lanes } = m.traits
  const parted = Array.from({ length: 4 }, () => m.vec())
  const part = (source: Int, target: Int, pixel: number, at: number) => {
    m.loadPhases(parted, source, 4 * pixel, 12)
    for (const [index, phase] of phases.entries()) m.store(target, 4 * (index * pitch + at), parted[phase])
  }
  const full = Math.floor((width - 1) / (3 * lanes))
  emitSteps(m, full, from, to, 3 * lanes, lanes, (source, target, at) => part(source, target, at, at / 3))
  const last = Math.floor((width - 1 - 3 * lanes) / 3)
  if (last > (full - 1) * lanes) part(from, to, 3 * last, last)
  for (const [index, phase] of phases.entries())
    for (let pixel = last + lanes; pixel < pixelsOf(width, 3, phase); pixel++)
      moveFloat(m, from, 3 * pixel + phase, to, index * pitch + pixel)
}

/** Floats of a row that are copied one by one. */
function movedSingles({ width, stride, phases }: Pick<Rows, 'stride' | 'width' | 'phases'>): number {
  return phases.reduce((sum, phase) => sum + pixelsOf(width, stride, phase), 0)
}

function moveFloat(m: Machine, from: Int, at: number, to: Int, place: number): void {
  m.scope(() => {
    const pixel = m.int()
    m.loadInt(pixel, from, 4 * at)
    m.storeInt(to, 4 * place, pixel)
  })
}

function stageSingles(m: Machine, { width, stride, phases, pitch }: Rows, from: Int, to: Int): void {
  if (movedSingles({ width, stride, phases }) <= MOST_SINGLES) {
    for (const [index, phase] of phases.entries())
      for (let pixel = 0; pixel < pixelsOf(width, stride, phase); pixel++)
        moveFloat(m, from, stride * pixel + phase, to, index * pitch + pixel)
    return
  }
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
