// Staging as machine code: every row of a channel to its phases, vectors of pixels that are as far apart as tiles.
import type { Int, Machine, Vec } from '../../isa/machine.ts'
import type { MaskedLanes } from '../../isa/masked-lanes.ts'
import { INPUT_ARGS, type InPlace, type InputShape } from './input-args.ts'
import { emitRowCopy, type RowCopy } from './rows.ts'
import { piecesOf, type Staging, stagedStep, stagingOf } from './tiles.ts'

/** @param x the channel's first pixel that is staged */
export function emitStage(m: Machine, shape: InputShape, x: Int): void {
  const { inPlace, t, dilation, stride } = shape
  const staging = stagingOf(t.x, dilation[1], stride[1], m.traits.lanes)
  const [from, to] = [m.int(), m.arg(INPUT_ARGS.firstReal)]
  m.move(from, x)
  m.loop(m.arg(INPUT_ARGS.rows), () => {
    if (inPlace !== null && m.masked !== null) emitInPlace(m, m.masked, shape, staging, inPlace, from, to)
    else emitByLine(m, shape, staging, from, to)
    m.add(to, 4 * staging.rowFloats)
    m.add(from, m.arg(INPUT_ARGS.xRow))
  })
}

/** Phases that are loaded together, four at most: of more a vector's four floats are as far apart as pixels of one phase. */
function partsOf(phases: number): { first: number; count: number; apart: number }[] {
  if (phases <= 4) return [{ first: 0, count: phases, apart: 16 }]
  return Array.from({ length: phases / 4 }, (_, part) => ({ first: 4 * part, count: 4, apart: 4 * phases }))
}

/**
 * Through a line that has the padding. It costs more than its instructions: what is read of it was stored in other pieces just before, and a
 * processor waits then until they have reached its cache.
 */
function emitByLine(m: Machine, { dilation: [, dx] }: InputShape, staging: Staging, from: Int, to: Int): void {
  const step = 4 * stagedStep(dx, m.traits.lanes)
  m.scope(() => {
    const lead = m.arg(INPUT_ARGS.lead)
    const word = (name: keyof RowCopy) => m.arg(INPUT_ARGS[name])
    emitRowCopy(m, from, lead, word, { of: 'from', by: () => m.arg(INPUT_ARGS.xChannel) })
  })
  m.scope(() => {
    const [line, at] = [m.arg(INPUT_ARGS.line), m.int()]
    m.move(at, to)
    m.loop(m.arg(INPUT_ARGS.pieces), () => {
      for (const { first, count, apart } of partsOf(staging.phases)) {
        m.scope(() => {
          const phases = Array.from({ length: count }, () => m.vec())
          // Of a dilated one the lanes behind a period are those that the next is staged over.
          if (dx === 1 && count > 1) m.loadPhases(phases, line, 4 * first, apart)
          else for (const [index, phase] of phases.entries()) m.load(phase, line, index * step)
          phases.forEach((phase, index) => m.store(at, 4 * (first + index) * staging.phaseFloats, phase))
        })
      }
      m.add(line, staging.phases * step)
      m.add(at, step)
    })
  })
}

/** Vector by vector, of which no lane touches what is not of the row. Asks for the next channel's row meanwhile. */
function emitInPlace(
  m: Machine,
  masked: MaskedLanes,
  { dilation: [, dx] }: InputShape,
  staging: Staging,
  { cols, lead, count }: InPlace,
  from: Int,
  to: Int,
): void {
  const { lanes } = m.traits
  const step = stagedStep(dx, lanes)
  m.scope(() => {
    const next = m.arg(INPUT_ARGS.xChannel)
    m.add(next, from)
    for (let pixel = 0; pixel < count; pixel += lanes) m.prefetch(next, 4 * pixel)
  })
  // The part of `floats` columns from `col` on that is of the picture.
  const real = (col: number, floats: number) => [Math.max(0, lead - col), Math.min(floats, lead + count - col)]
  const load = (phase: Vec, col: number) => {
    const [first, end] = real(col, lanes)
    if (first < end) masked.loadLanes(phase, from, 4 * (col - lead), first, end)
    else m.constant(phase, 0)
  }
  for (let piece = 0; piece < piecesOf(cols, staging.phases, step); piece++) {
    for (const { first, count, apart } of partsOf(staging.phases)) {
      m.scope(() => {
        const phases = Array.from({ length: count }, () => m.vec())
        const col = piece * staging.phases * step + first
        const [begin, end] = real(col, staging.phases * lanes)
        if (dx === 1 && count > 1) masked.loadPhasesWithin(phases, from, 4 * (col - lead), begin, end, apart)
        else for (const [index, phase] of phases.entries()) load(phase, col + index * step)
        phases.forEach((phase, index) => m.store(to, 4 * (piece * step + (first + index) * staging.phaseFloats), phase))
      })
    }
  }
}
