// Rows of stride 3 as machine code: three vectors loaded, of which every third float is a pixel of a phase.
import type { Int, Machine, Vec } from '../../isa/machine.ts'
import type { MaskedLanes } from '../../isa/masked-lanes.ts'
import type { Column, Load, Pixels } from './pixels.ts'
import type { Rows } from './rows.ts'
import type { DepthwiseShape } from './shape.ts'

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

/** Of every tap: the float of a row that the three vectors under output column 0 begin with, and its phase there. Taps side by side share them. */
export function thirdTaps({ taps, phases, stride }: Rows): { first: number; phase: number }[] {
  const reached = taps.map(({ index, offset }) => stride * offset + phases[index])
  return reached.map((float) => {
    const phase = (float - reached[0]) % stride
    return { first: float - phase, phase }
  })
}

/** Loads and shuffles of a row for a vector of pixels, and registers: of every column, and what columns share. */
export function thirdsCost(rows: Rows): [loads: number, shuffles: number, each: number, shared: number] {
  const taps = thirdTaps(rows)
  const [vectors, phases] = [new Set(taps.map(({ first }) => first)).size, new Set(taps.map(({ phase }) => phase)).size]
  return [3 * vectors, 2 * taps.length, 4, 2 * phases]
}

/** Pixels of rows that exist, by their place in the picture. @param pixels a register for every column */
export function thirdPixels(
  m: Machine,
  { rows }: DepthwiseShape,
  columns: readonly Column[],
  pixels: readonly Vec[],
  load: Load,
): Pixels {
  const { lanes } = m.traits
  const masked = m.masked as MaskedLanes
  const taps = thirdTaps(rows)
  const tables = new Map([...new Set(taps.map(({ phase }) => phase))].map((phase) => [phase, masked.thirds(phase)]))
  const vectors = columns.map(() => [m.vec(), m.vec(), m.vec()] as const)
  let held = { row: Number.NaN, first: 0 }
  return (row, tap) => {
    const { first, phase } = taps[tap]
    columns.forEach(({ x, beyond, start }, col) => {
      if (held.row !== row || held.first !== first) {
        vectors[col].forEach((to, index) => {
          const float = first + index * lanes
          load(to, x, 4 * (row + rows.stride * beyond + float), rows.stride * start + float, lanes)
        })
      }
      masked.third(pixels[col], vectors[col], tables.get(phase) as readonly [Vec, Vec])
    })
    held = { row, first }
    return pixels
  }
}
