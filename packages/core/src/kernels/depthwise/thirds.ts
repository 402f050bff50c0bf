// Rows of stride 3 as machine code: three vectors loaded, of which every third float is a pixel of a phase.
import type { Int, Machine, Vec } from '../../isa/machine.ts'
import type { MaskedLanes } from '../../isa/masked-lanes.ts'
import type { Rows } from './rows.ts'

/** Emits the load of three vectors; what it gives emits, and gives, the pixels of a phase, until those of another are asked for. */
type LoadThirds = (source: Int, offset: number) => (phase: number) => Vec

export function loadThirds(m: Machine, rows: Rows): LoadThirds {
  return m.masked === null ? wholeThirds(m) : maskedThirds(m, m.masked, rows)
}

/** Reads a float more than the three vectors. */
function wholeThirds(m: Machine): LoadThirds {
  const parted = Array.from({ length: 4 }, () => m.vec())
  return (source, offset) => {
    m.loadPhases(parted, source, offset, 12)
    return (phase) => parted[phase]
  }
}

/** Reads no more of the vectors than a row narrower than they has. */
function maskedThirds(m: Machine, masked: MaskedLanes, { width, phases }: Rows): LoadThirds {
  const { lanes } = m.traits
  const tables = new Map(phases.map((phase) => [phase, masked.thirds(phase)]))
  const vectors = [m.vec(), m.vec(), m.vec()] as const
  const third = m.vec()
  return (source, offset) => {
    for (const [index, vector] of vectors.entries()) {
      const floats = width - index * lanes
      if (floats > 0) masked.loadLanes(vector, source, offset + 4 * index * lanes, 0, Math.min(lanes, floats))
      else m.constant(vector, 0)
    }
    return (phase) => {
      masked.third(third, vectors, tables.get(phase) as readonly [Vec, Vec])
      return third
    }
  }
}
