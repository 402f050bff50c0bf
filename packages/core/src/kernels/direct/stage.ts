// Step one of the direct kernel: planes of the input copied with their padding, one plane a stride phase.

import { COPY_ARGS, copyFunction, pieces } from '../copy.ts'
import type { Bindings, Callable } from '../kernel.ts'
import { FILL_ARGS, fillFunction, GATHER_ARGS, gatherFunction } from '../move.ts'
import { sourcesOf } from './layout.ts'
import type { DirectPlan } from './plan.ts'

/** Floats copied between two looks at the cancel flag, and planes at most. */
const FLOATS_AT_ONCE = 1 << 18
export const PLANES_AT_ONCE = 16

type Stage = (begin: number, end: number, at: Bindings, cancelled: () => boolean) => boolean

export function stager(plan: DirectPlan, code: ReadonlyMap<string, Callable>, words: Int32Array): Stage {
  const phases = plan.descriptor.paddingMode === 'zeros' ? zeroPhases(plan, code, words) : gatherPhases(plan, code, words)
  const fill = filler(code, words)
  const planeBytes = 4 * plan.layout.planeFloats
  return (begin, end, at, cancelled) => {
    const most = Math.max(1, Math.min(PLANES_AT_ONCE, Math.floor(FLOATS_AT_ONCE / plan.layout.planeFloats)))
    for (let plane = begin; plane < end; plane += most) {
      const planes = Math.min(most, end - plane)
      for (const [index, stage] of phases.entries()) {
        if (cancelled()) return false
        stage(plane, planes, at, at.shared + plane * planeBytes + 4 * index * plan.layout.phaseFloats, cancelled)
      }
    }
    if (end === plan.steps[0].units) {
      const used = end * planeBytes
      fill(at, { to: at.shared + used, planes: 1, toPlane: 0, rows: 1, toRow: 0, singles: (plan.sharedBytes - used) / 4 })
    }
    return true
  }
}

/** A cancelled stage may leave rows out: nobody will read them. */
type PhaseStage = (plane: number, planes: number, at: Bindings, to: number, cancelled: () => boolean) => void

/** Zero padding: the rows that exist are one copy, what lies around and between them is filled. */
function zeroPhases(plan: DirectPlan, code: ReadonlyMap<string, Callable>, words: Int32Array): PhaseStage[] {
  const { layout, descriptor: d, traits } = plan
  const copy = code.get(copyFunction().name) as Callable
  const fill = filler(code, words)
  const [, height, width] = d.input
  const strideY = d.transposed ? 1 : d.stride[1]
  const strideX = d.transposed ? 1 : d.stride[2]
  const [planeBytes, rowBytes] = [4 * layout.planeFloats, 4 * layout.pitch]
  return layout.phases.map((phase) => {
    const { rows, cols } = sourcesOf(d, layout, phase)
    const above = rows.findIndex((row) => row >= 0)
    const real = rows.filter((row) => row >= 0).length
    const filled = cols.filter((col) => col >= 0).length
    const { vectors, quads, singles } = strideX === 1 ? pieces(filled, traits.lanes) : { vectors: 0, quads: 0, singles: filled }
    const head = layout.lead + (real === 0 ? rows.length : above) * layout.pitch
    const tail = layout.phaseFloats - head - real * layout.pitch
    const rowsAtOnce = Math.max(1, Math.floor(FLOATS_AT_ONCE / Math.max(1, filled)))
    return (plane, planes, at, to, cancelled) => {
      fill(at, { to, planes, toPlane: planeBytes, rows: 1, toRow: 0, singles: head })
      const args = at.private / 4
      for (let row = 0; row < real && !cancelled(); row += rowsAtOnce) {
        const count = Math.min(rowsAtOnce, real - row)
        const first = to + 4 * head + row * rowBytes
        words[args + COPY_ARGS.from] = at.x + 4 * ((plane * height + rows[above + row]) * width + Math.max(0, cols[0]))
        words[args + COPY_ARGS.to] = first
        words[args + COPY_ARGS.planes] = planes
        words[args + COPY_ARGS.fromPlane] = 4 * height * width
        words[args + COPY_ARGS.toPlane] = planeBytes
        words[args + COPY_ARGS.rows] = count
        words[args + COPY_ARGS.fromRow] = 4 * strideY * width
        words[args + COPY_ARGS.toRow] = rowBytes
        words[args + COPY_ARGS.vectors] = vectors
        words[args + COPY_ARGS.quads] = quads
        words[args + COPY_ARGS.singles] = singles
        words[args + COPY_ARGS.fromStep] = 4 * strideX
        words[args + COPY_ARGS.toStep] = 4
        copy(at.private)
        for (let p = 0; p < planes && filled < layout.pitch; p++) {
          const gap = first + p * planeBytes + 4 * filled
          fill(at, { to: gap, planes: 1, toPlane: 0, rows: count, toRow: rowBytes, singles: layout.pitch - filled })
        }
      }
      fill(at, { to: to + 4 * (head + real * layout.pitch), planes, toPlane: planeBytes, rows: 1, toRow: 0, singles: tail })
    }
  })
}

/** Padding with pixels of the picture: every pixel by the tables of rows and columns. */
function gatherPhases(plan: DirectPlan, code: ReadonlyMap<string, Callable>, words: Int32Array): PhaseStage[] {
  const { layout, descriptor: d } = plan
  const gather = code.get(gatherFunction.name) as Callable
  const planeBytes = 4 * d.input[1] * d.input[2]
  return layout.phases.map((_, index) => (plane, planes, at, to) => {
    const args = at.private / 4
    const table = at.packed + plan.gatherAt + 4 * index * (layout.rows + layout.cols)
    words[args + GATHER_ARGS.from] = at.x + plane * planeBytes
    words[args + GATHER_ARGS.to] = to
    words[args + GATHER_ARGS.planes] = planes
    words[args + GATHER_ARGS.fromPlane] = planeBytes
    words[args + GATHER_ARGS.toPlane] = 4 * layout.planeFloats
    words[args + GATHER_ARGS.rows] = layout.rows
    words[args + GATHER_ARGS.toRow] = 4 * layout.pitch
    words[args + GATHER_ARGS.cols] = layout.cols
    words[args + GATHER_ARGS.rowTable] = table
    words[args + GATHER_ARGS.colTable] = table + 4 * layout.rows
    gather(at.private)
  })
}

type FillArgs = Record<keyof typeof FILL_ARGS, number>

function filler(code: ReadonlyMap<string, Callable>, words: Int32Array): (at: Bindings, args: FillArgs) => void {
  const fill = code.get(fillFunction.name) as Callable
  return (at, args) => {
    if (args.singles <= 0) return
    for (const [name, word] of Object.entries(FILL_ARGS)) words[at.private / 4 + word] = args[name as keyof typeof FILL_ARGS]
    fill(at.private)
  }
}
