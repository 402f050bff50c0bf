// Gathering pixels for the matrix unit: lines of 16 outputs, every product's pixels split into a leading part and a rest.
import type { Access, KernelFunction, Machine } from '../../isa/machine.ts'
import { type Far, type MatrixUnit, ROW_BYTES, TILE_BYTES, TILE_ROWS } from '../../isa/matrix-unit.ts'

/** The argument block, as indices of 32-bit words. Addresses are in bytes. */
export const GATHER_ARGS = {
  /** Where the pixels of the block's first output lie. */
  x: 0,
  /** The lines: for each piece { bytes from x to lane 0, a bit a lane that it has }. */
  lines: 1,
  /** Pairs of lines, or single ones. */
  turns: 2,
  /** Products: rows of { bytes from x to the pixel of an even product, of the odd one behind it }. */
  rows: 3,
  /** Steps of 16 rows. */
  steps: 4,
  /** The first line's first tile of leading parts, and from a pair to the next. */
  to: 5,
  toPair: 6,
} as const

export const ROW_WORDS = 2
/** Bytes from the tiles of a step to those of the next: two lines, leading parts of both and then what is left of both. */
export const STEP_BYTES = 4 * TILE_BYTES
export const REST_BYTES = 2 * TILE_BYTES

/** Bytes that pixels of a plane are asked for ahead of their use: those of the next pair of lines. */
const AHEAD = 2 * ROW_BYTES

export interface GatherShape {
  /** Rows of the picture that a line of outputs may come from. */
  readonly pieces: number
  /** Whether lines are gathered two at a time. */
  readonly both: boolean
}

export function gatherFunction(shape: GatherShape): KernelFunction {
  return {
    name: `f32-matrix-gather-${shape.pieces}${shape.both ? 'x2' : ''}`,
    emit: (m) => emitGather(m, m.matrix as MatrixUnit, shape),
    touches: (words, args) => touches(words, args, shape),
  }
}

function emitGather(m: Machine, unit: MatrixUnit, { pieces, both }: GatherShape): void {
  const [keep, half] = [m.vec(), m.vec()]
  unit.bits(keep, 0xffff0000)
  unit.bits(half, 0x8000)
  const [lines, to] = [m.arg(GATHER_ARGS.lines), m.arg(GATHER_ARGS.to)]
  const masks = Array.from({ length: both ? 2 * pieces : pieces }, () => unit.mask())
  m.loop(m.arg(GATHER_ARGS.turns), () => {
    const from = masks.map((mask, piece) => {
      unit.loadMask(mask, lines, 8 * piece + 4)
      return pieceAt(m, unit, lines, 8 * piece)
    })
    const [rows, tiles] = [m.arg(GATHER_ARGS.rows), m.int()]
    m.move(tiles, to)
    m.loop(m.arg(GATHER_ARGS.steps), () => {
      for (let row = 0; row < TILE_ROWS; row++) {
        m.scope(() => {
          const by = [m.int(), m.int()]
          by.forEach((offset, odd) => m.loadInt(offset, rows, 4 * (ROW_WORDS * row + odd)))
          for (let line = 0; line < masks.length / pieces; line++) {
            const vectors = by.map((offset) => {
              const vector = m.vec()
              for (let piece = 0; piece < pieces; piece++) {
                const index = line * pieces + piece
                unit.loadLanes(vector, from[index], offset, masks[index], piece === 0 ? 'zero' : 'stay')
              }
              return vector
            })
            for (const offset of by) unit.prefetch(from[line * pieces], offset, AHEAD)
            const [high, rest] = [m.vec(), m.vec()]
            unit.pairs(high, rest, vectors[0], vectors[1], keep, half)
            m.store(tiles, TILE_BYTES * line + row * ROW_BYTES, high)
            m.store(tiles, TILE_BYTES * line + REST_BYTES + row * ROW_BYTES, rest)
          }
        })
      }
      m.add(rows, 4 * ROW_WORDS * TILE_ROWS)
      m.add(tiles, STEP_BYTES)
    })
    m.add(lines, 8 * masks.length)
    m.scope(() => m.add(to, m.arg(GATHER_ARGS.toPair)))
  })
}

function pieceAt(m: Machine, unit: MatrixUnit, lines: ReturnType<Machine['int']>, word: number): Far {
  const at = m.arg(GATHER_ARGS.x)
  m.scope(() => {
    const by = m.int()
    m.loadInt(by, lines, word)
    m.add(at, by)
  })
  return unit.far(at)
}

function touches(words: Int32Array, args: number, { pieces, both }: GatherShape): Access[] {
  const arg = (name: keyof typeof GATHER_ARGS) => words[args + GATHER_ARGS[name]] >>> 0
  const [x, lines, turns, rows, steps] = (['x', 'lines', 'turns', 'rows', 'steps'] as const).map(arg)
  const offsets = words.subarray(rows / 4, rows / 4 + ROW_WORDS * TILE_ROWS * steps)
  const [low, high] = offsets.reduce(([least, most], offset) => [Math.min(least, offset), Math.max(most, offset)], [0, 0])
  const each = both ? 2 : 1
  const touched = [
    { from: lines, to: lines + 8 * pieces * each * turns },
    { from: rows, to: rows + 4 * offsets.length },
  ]
  for (let piece = 0; piece < pieces * each * turns; piece++) {
    const [by, mask] = words.subarray(lines / 4 + 2 * piece, lines / 4 + 2 * piece + 2)
    const [first, last] = [31 - Math.clz32(mask & -mask), 31 - Math.clz32(mask)]
    if (mask !== 0) touched.push({ from: x + by + low + 4 * first, to: x + by + high + 4 * last + 4 })
  }
  for (let turn = 0; turn < turns; turn++) {
    const to = arg('to') + turn * arg('toPair')
    touched.push({ from: to, to: to + STEP_BYTES * (steps - 1) + REST_BYTES + TILE_BYTES * each })
  }
  return touched
}
