// Storing rows that are narrower than a vector: whole vectors, the next row over the last lanes of each.
import type { Int, Machine, MachineTraits, Vec } from '../../isa/machine.ts'
import { copyOf } from '../move.ts'

/**
 * Whether rows of `width` are stored so. V8 pairs what ends in stores of whole vectors, and nothing else; of rows below half a vector
 * more than two would overlap. Masks store some lanes at once, and nothing is gained.
 */
export function storesWhole(width: number, { lanes, masks }: MachineTraits): boolean {
  return !masks && width < lanes && 2 * width >= lanes
}

/** Stores a tile of one vector a row, nothing beyond its rows: what would reach there goes by way of a vector at `spare`. */
export function storeNarrow(m: Machine, width: number, rows: readonly Vec[], y: Int, spare: Int): void {
  const { lanes } = m.traits
  m.scope(() => {
    // Two pointers in turn: V8 pairs no stores that overlap others under one.
    const odd = copyOf(m, y)
    m.add(odd, 4 * width)
    for (const [row, sum] of rows.entries()) {
      const [at, offset] = row % 2 === 0 ? [y, 4 * row * width] : [odd, 4 * (row - 1) * width]
      if (row * width + lanes <= rows.length * width) m.store(at, offset, sum)
      else {
        m.store(spare, 0, sum)
        m.loadFirst(sum, spare, 0, width)
        m.storeFirst(at, offset, sum, width)
      }
    }
  })
}
