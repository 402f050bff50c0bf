// Gathering pixels for the matrix unit: lines of 16 outputs, every product's pixels as a leading part and a rest.
import type { Int, Machine } from '../../isa/machine.ts'
import { type Far, type MatrixUnit, ROW_BYTES, TILE_BYTES, TILE_ROWS } from '../../isa/matrix-unit.ts'
import { MATRIX_ARGS, REST_BYTES, ROW_WORDS, STEP_BYTES } from './args.ts'

/** Bytes that pixels of a plane are asked for ahead of their use: those of the next pair of lines. */
const AHEAD = 2 * ROW_BYTES

export interface Gathering {
  /** Rows of the picture that a line of outputs may come from. */
  readonly pieces: number
  /** Whether the pixels are parts of pairs already: leading parts in the planes of even products, what is left in those of odd ones. */
  readonly split: boolean
}

/** The pixels of a pair of lines, or of one, in the making. */
export interface Gather {
  /** Emits row 0 to 15 of the tiles of a step. */
  row(index: number): void
  /** Emits the way to the next step. */
  next(): void
}

/** Emits the beginning of gathering to the memory that word `to` says; moves `lines` behind them. */
export function beginGather(
  m: Machine,
  unit: MatrixUnit,
  { pieces, split }: Gathering,
  count: number,
  lines: Int,
  to: number,
): Gather {
  const pairing = split ? null : unit.pairing()
  const masks = Array.from({ length: count * pieces }, () => unit.mask())
  const from = masks.map((mask, piece) => {
    unit.loadMask(mask, lines, 8 * piece + 4)
    return pieceAt(m, unit, lines, 8 * piece)
  })
  m.add(lines, 8 * count * pieces)
  const [rows, tiles] = [m.arg(MATRIX_ARGS.rows), m.arg(to)]
  return {
    row(index) {
      m.scope(() => {
        const both = [0, 1].map((odd) => {
          const vectors = Array.from({ length: count }, () => m.vec())
          m.scope(() => {
            const by = m.int()
            m.loadInt(by, rows, 4 * (ROW_WORDS * index + odd))
            masks.forEach((mask, piece) => {
              const line = Math.floor(piece / pieces)
              unit.loadLanes(vectors[line], from[piece], by, mask, piece % pieces === 0 ? 'zero' : 'stay')
              if (!split && piece % pieces === 0) unit.prefetch(from[piece], by, AHEAD)
            })
          })
          return vectors
        })
        for (let line = 0; line < count; line++) {
          const vectors = both.map((parts) => parts[line])
          const [high, rest] = pairing === null ? vectors : [m.vec(), m.vec()]
          if (pairing !== null) unit.pairs(high, rest, vectors[0], vectors[1], pairing)
          m.store(tiles, TILE_BYTES * line + index * ROW_BYTES, high)
          m.store(tiles, TILE_BYTES * line + REST_BYTES + index * ROW_BYTES, rest)
        }
      })
    },
    next() {
      m.add(rows, 4 * ROW_WORDS * TILE_ROWS)
      m.add(tiles, STEP_BYTES)
    },
  }
}

/** Emits the gathering of a pair of lines, or of one. */
export function emitGather(m: Machine, unit: MatrixUnit, gathering: Gathering, count: number, lines: Int): void {
  m.scope(() => {
    const gather = beginGather(m, unit, gathering, count, lines, MATRIX_ARGS.pixels)
    m.loop(m.arg(MATRIX_ARGS.steps), () => {
      for (let row = 0; row < TILE_ROWS; row++) gather.row(row)
      gather.next()
    })
  })
}

function pieceAt(m: Machine, unit: MatrixUnit, lines: Int, word: number): Far {
  const at = m.arg(MATRIX_ARGS.x)
  m.scope(() => {
    const by = m.int()
    m.loadInt(by, lines, word)
    m.add(at, by)
  })
  return unit.far(at)
}
