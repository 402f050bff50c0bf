// Storing as machine code: rows of pixels of a group of tiles to the output, directly or by way of a line.
import type { Int, Machine, Vec } from '../../isa/machine.ts'
import type { MaskedLanes } from '../../isa/masked-lanes.ts'
import type { Finish } from '../copy.ts'
import { type Epilogue, emitEpilogue } from '../epilogue.ts'
import { DIRECT_GROUP, OUTPUT_ARGS, OUTPUT_GROUP, type OutputShape } from './output-args.ts'
import type { TileTransform } from './points.ts'
import { emitRowCopy } from './rows.ts'

/** Emits the store of row `row` of a group's tiles; `pixels` emits its vectors, one a column of a tile. */
export type StoreRow = (row: number, pixels: () => Vec[]) => void

/** Those pixels alone that the output has, as masks of the group's entry say, with the residual; asks for the next channel's rows meanwhile. */
export function directly(m: Machine, masked: MaskedLanes, { t, epilogue }: OutputShape, table: Int, y: Int): StoreRow {
  const { lanes } = m.traits
  const place = (index: number) => 4 * lanes * index
  const some = Array.from({ length: t.x.m }, (_, index) => masked.lanesAt(table, 4 * DIRECT_GROUP.bits + (index * lanes) / 8))
  const to = m.int()
  m.loadInt(to, table, 4 * OUTPUT_GROUP.y)
  m.add(to, y)
  const from = (word: number): Int => {
    const at = m.arg(word)
    m.add(at, to)
    return at
  }
  const store = (pixels: readonly Vec[]) => {
    if (pixels.length > 1) masked.neighbours(pixels)
    m.scope(() => {
      const next = from(OUTPUT_ARGS.yChannel)
      pixels.forEach((_, index) => m.prefetch(next, place(index)))
    })
    if (epilogue.residual) {
      m.scope(() => {
        const [residual, addend] = [from(OUTPUT_ARGS.residual), m.vec()]
        pixels.forEach((pixel, index) => {
          masked.loadSome(addend, residual, place(index), some[index])
          m.plus(pixel, pixel, addend)
        })
      })
      emitEpilogue(m, { ...epilogue, residual: false }, OUTPUT_ARGS, pixels, [])
    }
    pixels.forEach((pixel, index) => masked.storeSome(to, place(index), pixel, some[index]))
  }
  return (row, pixels) =>
    m.scope(() => {
      if (row === 0) return store(pixels())
      const more = m.int()
      m.loadInt(more, table, 4 * (DIRECT_GROUP.more + row - 1))
      m.loop(more, () => {
        m.scope(() => m.add(to, m.arg(OUTPUT_ARGS.yRow)))
        store(pixels())
      })
    })
}

/** Into a line, row after row. */
export function intoLine(m: Machine, { t, dilation }: OutputShape): StoreRow {
  const width = 4 * m.traits.lanes
  const [scratch, line] = [m.arg(OUTPUT_ARGS.scratch), m.arg(OUTPUT_ARGS.line)]
  return (row, of) =>
    m.scope(() => {
      const pixels = of()
      const to = row * t.x.m * width
      if (pixels.length === 1) m.store(line, to, pixels[0])
      else if (dilation === 1) m.storePhases(line, to, pixels)
      else storePeriods(m, dilation, pixels, scratch, row * t.x.n * width, line, to)
    })
}

/** Pixels of dilated tiles to where they lie in the line, by way of the scratch memory: those behind a period are stored over by the next. */
function storePeriods(
  m: Machine,
  dilation: number,
  pixels: readonly Vec[],
  scratch: Int,
  place: number,
  line: Int,
  to: number,
): void {
  const { lanes } = m.traits
  pixels.forEach((pixel, phase) => m.store(scratch, place + 4 * phase * lanes, pixel))
  for (let period = 0; period < Math.floor(lanes / dilation); period++) {
    pixels.forEach((pixel, phase) => {
      m.load(pixel, scratch, place + 4 * (phase * lanes + period * dilation))
      m.store(line, to + 4 * (period * pixels.length + phase) * dilation, pixel)
    })
  }
}

/** The pixels that the output has, from the line to their place. */
export function emitRows(m: Machine, t: TileTransform, epilogue: Epilogue, table: Int, y: Int): void {
  const entry = (name: keyof typeof OUTPUT_GROUP) => {
    const word = m.int()
    m.loadInt(word, table, 4 * OUTPUT_GROUP[name])
    return word
  }
  const finish: Finish = (pixels, at, count) =>
    emitEpilogue(m, epilogue, OUTPUT_ARGS, [pixels], [{ y: at, visit: (place, each) => each(pixels, place, 0) }], count)
  const [from, to] = [m.arg(OUTPUT_ARGS.line), entry('y')]
  m.add(to, y)
  m.loop(entry('rows'), () => {
    emitRowCopy(m, from, to, entry, { of: 'to', by: () => m.arg(OUTPUT_ARGS.yChannel) }, epilogue.residual ? finish : undefined)
    m.add(from, 4 * m.traits.lanes * t.x.m)
    m.add(to, m.arg(OUTPUT_ARGS.yRow))
  })
}
