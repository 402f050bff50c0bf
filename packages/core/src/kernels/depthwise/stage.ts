// Staging as machine code: a row of the picture copied to the rows of its stride phases.
import type { Int, Machine, MachineTraits } from '../../isa/machine.ts'
import { copyOf } from '../move.ts'
import { pixelsOf, type Rows } from './rows.ts'
import { loadThirds } from './thirds.ts'

/** Vectors of a row that are copied one after the other; more are a loop. */
const MOST_UNROLLED = 8
/** Floats of a row that are copied one by one without a loop. */
const MOST_SINGLES = 48
/** So many are copied sooner than as a vector. */
const FEW_SINGLES = 6

/** Emits the copy of one row. */
type StageRow = (from: Int, to: Int) => void

/** Emits what copies of rows need. Bytes behind a row's pixels may be set to zero up to the pitch, unless copies are `exact`. */
export function rowStager(m: Machine, rows: Rows, exact: boolean): StageRow {
  if (rows.stride === 1) return (from, to) => stageVectors(m, rows, from, to, exact)
  if (rows.stride === 2) return (from, to) => stageHalves(m, rows, from, to, exact)
  if (stagesThirds(rows, m.traits)) return thirdsStager(m, rows)
  return (from, to) => stageSingles(m, rows, from, to)
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

/**
 * Whether rows of stride 3 are staged by vectors: without masks floats by themselves are faster for one phase of three, and for less
 * than a vector; with masks for a few of them.
 */
export function stagesThirds(rows: Pick<Rows, 'stride' | 'width' | 'phases'>, { lanes, masks }: MachineTraits): boolean {
  const { stride, width, phases } = rows
  return stride === 3 && (masks ? movedSingles(rows) > FEW_SINGLES : width > 3 * lanes && phases.length > 1)
}

/** Stride 3: vectors of all phases at once. The last are moved back; behind them is a float of a phase at most. */
function thirdsStager(m: Machine, rows: Rows): StageRow {
  const { lanes } = m.traits
  const { width, phases, pitch } = rows
  const load = loadThirds(m, rows)
  const part = (source: Int, target: Int, at: number) => {
    const vectorOf = load(source, 12 * at)
    for (const [index, phase] of phases.entries()) {
      const [pixels, place] = [Math.min(lanes, pixelsOf(width, 3, phase)), 4 * (index * pitch + at)]
      if (pixels === lanes) m.store(target, place, vectorOf(phase))
      else if (pixels > 0) m.storeFirst(target, place, vectorOf(phase), pixels)
    }
  }
  const whole = width - (m.masked === null ? 1 : 0)
  const [full, last] = [Math.max(1, Math.floor(whole / (3 * lanes))), Math.floor(whole / 3) - lanes]
  return (from, to) => {
    emitSteps(m, full, from, to, 3 * lanes, lanes, (source, target, at) => part(source, target, at / 3))
    if (last > (full - 1) * lanes) part(from, to, last)
    if (last < 0) return
    for (const [index, phase] of phases.entries())
      for (let pixel = last + lanes; pixel < pixelsOf(width, 3, phase); pixel++)
        moveFloat(m, from, 3 * pixel + phase, to, index * pitch + pixel)
  }
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
