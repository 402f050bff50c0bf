// Splitting staged planes for the matrix unit: two planes of float32 become one of their leading parts and one of what is left.
import { wordsOf } from '../../isa/args.ts'
import type { Access, KernelFunction } from '../../isa/machine.ts'
import type { MatrixUnit } from '../../isa/matrix-unit.ts'
import { type Stage, type StagedPlan, stager, zeroPlanes } from '../direct/stage.ts'
import type { Bindings, Callable } from '../kernel.ts'
import type { MatrixPlan } from './plan.ts'

/** The argument block, as indices of 32-bit words. */
const SPLIT_ARGS = {
  /** The first plane, and bytes to the next. */
  planes: 0,
  plane: 1,
  /** Pairs of planes, and vectors of a plane. */
  pairs: 2,
  vectors: 3,
} as const

export const splitFunction: KernelFunction = {
  name: 'f32-matrix-split',
  words: wordsOf(SPLIT_ARGS),
  emit(m) {
    const unit = m.matrix as MatrixUnit
    const width = 4 * m.traits.lanes
    const pairing = unit.pairing()
    const [even, plane] = [m.arg(SPLIT_ARGS.planes), m.arg(SPLIT_ARGS.plane)]
    m.loop(m.arg(SPLIT_ARGS.pairs), () => {
      const odd = m.int()
      m.move(odd, even)
      m.add(odd, plane)
      m.loop(m.arg(SPLIT_ARGS.vectors), () => {
        const [a, b, high, rest] = [m.vec(), m.vec(), m.vec(), m.vec()]
        m.load(a, even, 0)
        m.load(b, odd, 0)
        unit.pairs(high, rest, a, b, pairing)
        m.store(even, 0, high)
        m.store(odd, 0, rest)
        m.add(even, width)
        m.add(odd, width)
      })
      m.move(even, odd)
    })
  },
  touches(words, args): Access[] {
    const arg = (name: keyof typeof SPLIT_ARGS) => words[args + SPLIT_ARGS[name]] >>> 0
    const planes = arg('planes')
    return [{ from: planes, to: planes + 2 * arg('pairs') * arg('plane') }]
  },
}

/** Pairs of planes that are staged and split before the next ones: they stay in the second cache meanwhile. */
const PAIRS_AT_ONCE = 16

type SplitPlanes = (planes: number, pairs: number, at: Bindings) => void

function splitting({ layout, traits }: MatrixPlan, code: ReadonlyMap<string, Callable>, words: Int32Array): SplitPlanes {
  const call = code.get(splitFunction.name) as Callable
  return (planes, pairs, at) => {
    const args = at.private / 4
    words[args + SPLIT_ARGS.planes] = planes
    words[args + SPLIT_ARGS.plane] = 4 * layout.planeFloats
    words[args + SPLIT_ARGS.pairs] = pairs
    words[args + SPLIT_ARGS.vectors] = layout.planeFloats / traits.lanes
    call(at.private)
  }
}

/** The first step of a plan that shares planes: they are staged as for any kernel, then split in place where the plan says so. */
export function splitter(plan: MatrixPlan, staged: StagedPlan, code: ReadonlyMap<string, Callable>, words: Int32Array): Stage {
  const stage = stager(staged, code, words)
  if (!plan.split) return stage
  const split = splitting(plan, code, words)
  const plane = 4 * plan.layout.planeFloats
  return (begin, end, at, cancelled) => {
    for (let pair = begin; pair < end; pair += PAIRS_AT_ONCE) {
      const pairs = Math.min(PAIRS_AT_ONCE, end - pair)
      if (!stage(2 * pair, 2 * (pair + pairs), at, cancelled)) return false
      split(at.shared + 2 * pair * plane, pairs, at)
    }
    return true
  }
}

/** Stages and splits the rows that a block reads, of a group, in a worker's own memory. */
export type Window = (outputRow: number, group: number, at: Bindings, cancelled: () => boolean) => boolean

export function windower(plan: MatrixPlan, code: ReadonlyMap<string, Callable>, words: Int32Array): Window {
  const stage = zeroPlanes(plan, code, words)
  const split = plan.split ? splitting(plan, code, words) : null
  const [planes, plane] = [plan.descriptor.ic / plan.descriptor.groups, 4 * plan.layout.planeFloats]
  return (outputRow, group, at, cancelled) => {
    for (let first = 0; first < planes; first += 2 * PAIRS_AT_ONCE) {
      const [count, to] = [Math.min(2 * PAIRS_AT_ONCE, planes - first), at.private + plan.windowAt + first * plane]
      if (!stage(group * planes + first, count, at, to, cancelled, outputRow)) return false
      split?.(to, count / 2, at)
    }
    return true
  }
}
