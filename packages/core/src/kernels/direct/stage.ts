// Step one of the direct kernel: planes of the input copied with their padding, phase by phase.
import type { KernelFunction } from '../../isa/machine.ts'
import type { Bindings, Callable } from '../kernel.ts'
import { FILL_ARGS, fillFunction, GATHER_ARGS, gatherFunction } from '../move.ts'
import { sourcesOf } from './layout.ts'
import type { DirectPlan } from './plan.ts'
import { STAGE_ARGS, type StagedRow, stageFunction } from './rows.ts'

/** Floats copied between two looks at the cancel flag, and planes at most. */
const FLOATS_AT_ONCE = 1 << 18
export const PLANES_AT_ONCE = 64

/** What staging needs to know of a plan whose first step it is. */
export type StagedPlan = Pick<DirectPlan, 'descriptor' | 'layout' | 'traits' | 'steps' | 'sharedBytes' | 'gatherAt'>

export type Stage = (begin: number, end: number, at: Bindings, cancelled: () => boolean) => boolean

export function stager(plan: StagedPlan, code: ReadonlyMap<string, Callable>, words: Int32Array): Stage {
  const stage = plan.descriptor.paddingMode === 'zeros' ? zeroPlanes(plan, code, words) : gatheredPlanes(plan, code, words)
  const fill = filler(plan, code, words)
  const planeBytes = 4 * plan.layout.planeFloats
  return (begin, end, at, cancelled) => {
    const most = Math.max(1, Math.min(PLANES_AT_ONCE, Math.floor(FLOATS_AT_ONCE / plan.layout.planeFloats)))
    for (let plane = begin; plane < end; plane += most) {
      if (cancelled()) return false
      if (!stage(plane, Math.min(most, end - plane), at, at.shared + plane * planeBytes, cancelled)) return false
    }
    const used = end * planeBytes
    if (end === plan.steps[0].units) fill(at, at.shared + used, 1, (plan.sharedBytes - used) / 4)
    return true
  }
}

/** Stages some planes to `to`, the first of them; of planes of fewer rows than the output reads, those from an output row on. */
type PlaneStage = (plane: number, planes: number, at: Bindings, to: number, cancelled: () => boolean, row?: number) => boolean

/** Zero padding: rows that exist are staged for every phase of the width at once, above and below them planes are filled. */
export function zeroPlanes(
  plan: Pick<StagedPlan, 'descriptor' | 'layout' | 'traits'>,
  code: ReadonlyMap<string, Callable>,
  words: Int32Array,
): PlaneStage {
  const { layout, descriptor: d } = plan
  const fill = filler(plan, code, words)
  const [, height, width] = d.input
  const strideY = d.transposed ? 1 : d.stride[1]
  const [phaseBytes, rowBytes] = [4 * layout.phaseFloats, 4 * layout.pitch]
  const stages = rowStages(plan).map(({ y, index, count, rows }) => {
    const call = code.get(rows.name) as Callable
    const rowsAtOnce = Math.max(1, Math.floor(FLOATS_AT_ONCE / (count * layout.pitch)))
    return (plane: number, planes: number, at: Bindings, to: number, cancelled: () => boolean, outputRow: number): boolean => {
      const source = (layout.firstRow + outputRow) * strideY + y
      const above = Math.min(layout.rows, Math.max(0, Math.ceil(-source / strideY)))
      const real = Math.max(0, Math.min(layout.rows, Math.ceil((height - source) / strideY)) - above)
      const head = layout.lead + (real === 0 ? layout.rows : above) * layout.pitch
      const tail = layout.phaseFloats - head - real * layout.pitch
      const first = to + index * phaseBytes
      for (let phase = 0; phase < count; phase++) fill(at, first + phase * phaseBytes, planes, head)
      const args = at.private / 4
      for (let row = 0; row < real; row += rowsAtOnce) {
        if (cancelled()) return false
        words[args + STAGE_ARGS.from] = at.x + 4 * (plane * height + source + (above + row) * strideY) * width
        words[args + STAGE_ARGS.to] = first + 4 * head + row * rowBytes
        words[args + STAGE_ARGS.planes] = planes
        words[args + STAGE_ARGS.fromPlane] = 4 * height * width
        words[args + STAGE_ARGS.toPlane] = 4 * layout.planeFloats
        words[args + STAGE_ARGS.rows] = Math.min(rowsAtOnce, real - row)
        words[args + STAGE_ARGS.fromRow] = 4 * strideY * width
        words[args + STAGE_ARGS.toRow] = rowBytes
        call(at.private)
      }
      for (let phase = 0; phase < count; phase++)
        fill(at, first + phase * phaseBytes + 4 * (head + real * layout.pitch), planes, tail)
      return true
    }
  })
  return (plane, planes, at, to, cancelled, row = 0) => stages.every((stage) => stage(plane, planes, at, to, cancelled, row))
}

/** For every phase of the height: its first phase, how many there are, and the function that stages a row of them. */
function rowStages({ layout, descriptor: d }: Pick<StagedPlan, 'descriptor' | 'layout'>) {
  const stride = d.transposed ? 1 : d.stride[2]
  return [...new Set(layout.phases.map(({ y }) => y))].map((y) => {
    const index = layout.phases.findIndex((phase) => phase.y === y)
    const phases = layout.phases.filter((phase) => phase.y === y)
    const staged = phases.map((phase, at): StagedRow => {
      const { cols } = sourcesOf(d, layout, phase)
      const before = cols.findIndex((col) => col >= 0)
      const count = cols.filter((col) => col >= 0).length
      const place = at * layout.phaseFloats
      if (count === 0) return { first: 0, count, before: 0, after: layout.pitch, at: place }
      return { first: cols[before], count, before, after: layout.pitch - before - count, at: place }
    })
    return { y, index, count: phases.length, rows: stageFunction(staged, stride) }
  })
}

/** The functions that a plan with staged planes calls for them. */
export function stageFunctions(plan: Pick<StagedPlan, 'descriptor' | 'layout'>): KernelFunction[] {
  return [fillFunction, ...(plan.descriptor.paddingMode === 'zeros' ? rowStages(plan).map(({ rows }) => rows) : [gatherFunction])]
}

/** Padding with pixels of the picture: every pixel by the tables of rows and columns. */
function gatheredPlanes(plan: StagedPlan, code: ReadonlyMap<string, Callable>, words: Int32Array): PlaneStage {
  const { layout, descriptor: d } = plan
  const gather = code.get(gatherFunction.name) as Callable
  const planeBytes = 4 * d.input[1] * d.input[2]
  return (plane, planes, at, to, cancelled) =>
    layout.phases.every((_, index) => {
      if (cancelled()) return false
      const args = at.private / 4
      const table = at.packed + plan.gatherAt + 4 * index * (layout.rows + layout.cols)
      words[args + GATHER_ARGS.from] = at.x + plane * planeBytes
      words[args + GATHER_ARGS.to] = to + 4 * index * layout.phaseFloats
      words[args + GATHER_ARGS.planes] = planes
      words[args + GATHER_ARGS.fromPlane] = planeBytes
      words[args + GATHER_ARGS.toPlane] = 4 * layout.planeFloats
      words[args + GATHER_ARGS.rows] = layout.rows
      words[args + GATHER_ARGS.toRow] = 4 * layout.pitch
      words[args + GATHER_ARGS.cols] = layout.cols
      words[args + GATHER_ARGS.rowTable] = table
      words[args + GATHER_ARGS.colTable] = table + 4 * layout.rows
      gather(at.private)
      return true
    })
}

type Fill = (at: Bindings, to: number, planes: number, floats: number) => void

/** Zeros in some planes: as many floats from `to` on, and as far behind in every further plane. */
function filler(
  { layout, traits }: Pick<StagedPlan, 'layout' | 'traits'>,
  code: ReadonlyMap<string, Callable>,
  words: Int32Array,
): Fill {
  const call = code.get(fillFunction.name) as Callable
  return (at, to, planes, floats) => {
    if (floats <= 0) return
    const args = at.private / 4
    const vectors = Math.floor(floats / traits.lanes)
    words[args + FILL_ARGS.to] = to
    words[args + FILL_ARGS.planes] = planes
    words[args + FILL_ARGS.toPlane] = 4 * layout.planeFloats
    words[args + FILL_ARGS.vectors] = vectors
    words[args + FILL_ARGS.singles] = floats - vectors * traits.lanes
    call(at.private)
  }
}
