// The output transform as machine code: products of a block of tiles to pixels, with bias, residual and activation.
import { wordsOf } from '../../isa/args.ts'
import type { Access, Int, Machine, MachineTraits, Vec } from '../../isa/machine.ts'
import type { Finish } from '../copy.ts'
import { type Epilogue, emitEpilogue, epilogueName, residualOf } from '../epilogue.ts'
import type { NarrowFunction } from '../kernel.ts'
import { type TileTransform, transformName } from './points.ts'
import { emitRowCopy, rowBytes } from './rows.ts'
import { Constants, emitOutputTransform, outputConstants, type Read } from './transform.ts'

/** Words of the argument block; strides in bytes. */
export const OUTPUT_ARGS = {
  /** Products of the first channel, point after point; then those of the next channel. */
  products: 0,
  channels: 1,
  /** One float a channel. */
  bias: 2,
  y: 3,
  yChannel: 4,
  yRow: 5,
  /** Entries of OUTPUT_GROUP. */
  groups: 6,
  groupCount: 7,
  /** m x n vectors, and the m x m vectors of pixels of a group. */
  scratch: 8,
  line: 9,
  alpha: 10,
  beta: 11,
  residual: 12,
} as const

/** Words of an entry: bytes to the group's first tile and pixel, then how each of its rows is copied. */
export const OUTPUT_GROUP = { tile: 0, y: 1, rows: 2, vectors: 3, last: 4, lastAt: 5, singles: 6, quads: 7 } as const
export const OUTPUT_GROUP_WORDS = 8

/** Registers beside the constants: outputs, parts of the pairs, and what an activation or a transposition takes. */
const WORKING = 12

/** What the code of the transform depends on. */
export interface OutputShape {
  readonly traits: MachineTraits
  readonly t: TileTransform
  /** Floats from a point's products to the next point's. */
  readonly pitch: number
  /** Of the width: outputs of a tile are so far apart. */
  readonly dilation: number
  readonly epilogue: Epilogue
}

export function outputFunction(shape: OutputShape): NarrowFunction {
  const { traits, t, pitch, dilation, epilogue } = shape
  const dilated = dilation === 1 ? '' : `-d${dilation}`
  return {
    name: `f32-winograd-output-${transformName(t)}-by-${pitch}-l${traits.lanes}${dilated}${epilogueName(epilogue)}`,
    words: wordsOf(OUTPUT_ARGS),
    traits,
    emit: (m) => emitOutput(m, shape),
    touches: (words, args) => outputTouches(words, args, shape, traits.lanes),
  }
}

function outputTouches(words: Int32Array, args: number, { t, pitch, dilation, epilogue }: OutputShape, lanes: number): Access[] {
  const arg = (name: keyof typeof OUTPUT_ARGS) => words[args + OUTPUT_ARGS[name]] >>> 0
  const [channels, count, width] = [arg('channels'), arg('groupCount'), 4 * lanes]
  const { points } = t
  const touched = [
    { from: arg('bias'), to: arg('bias') + 4 * channels },
    { from: arg('groups'), to: arg('groups') + 4 * OUTPUT_GROUP_WORDS * count },
    { from: arg('scratch'), to: arg('scratch') + t.y.m * t.x.n * width },
    { from: arg('line'), to: arg('line') + t.y.m * t.x.m * width + (dilation === 1 ? 0 : width) },
  ]
  for (let group = 0; group < count; group++) {
    const at = arg('groups') / 4 + OUTPUT_GROUP_WORDS * group
    const entry = (name: keyof typeof OUTPUT_GROUP) => words[at + OUTPUT_GROUP[name]]
    const cols = rowBytes(entry, lanes)
    const from = arg('y') + entry('y')
    const first = arg('products') + entry('tile')
    const y = { from, to: from + (channels - 1) * arg('yChannel') + (entry('rows') - 1) * arg('yRow') + cols }
    touched.push(y, ...(epilogue.residual ? [residualOf(y, words, args, OUTPUT_ARGS)] : []))
    touched.push({ from: first, to: first + 4 * (channels * points - 1) * pitch + width })
  }
  return touched
}

function emitOutput(m: Machine, shape: OutputShape): void {
  const { t, pitch, epilogue } = shape
  const constants = new Constants(m, [...outputConstants(t.y), ...outputConstants(t.x)], WORKING)
  const [products, y, bias] = [m.arg(OUTPUT_ARGS.products), m.arg(OUTPUT_ARGS.y), m.arg(OUTPUT_ARGS.bias)]
  m.loop(m.arg(OUTPUT_ARGS.channels), () => {
    m.scope(() => {
      const table = m.arg(OUTPUT_ARGS.groups)
      m.loop(m.arg(OUTPUT_ARGS.groupCount), () => {
        m.scope(() => emitGroup(m, shape, constants, { table, products, bias }))
        m.scope(() => emitRows(m, t, epilogue, table, y))
        m.add(table, 4 * OUTPUT_GROUP_WORDS)
      })
    })
    m.add(products, 4 * t.points * pitch)
    m.add(y, m.arg(OUTPUT_ARGS.yChannel))
    m.add(bias, 4)
  })
}

/** A^T m A of a vector of tiles, down the columns into the scratch memory, then along the rows into the line. */
function emitGroup(
  m: Machine,
  { t, pitch, dilation, epilogue }: OutputShape,
  constants: Constants,
  { table, products, bias }: { table: Int; products: Int; bias: Int },
): void {
  const width = 4 * m.traits.lanes
  const scratch = m.arg(OUTPUT_ARGS.scratch)
  const at = m.int()
  m.loadInt(at, table, 4 * OUTPUT_GROUP.tile)
  m.add(at, products)
  for (let col = 0; t.y.n > 1 && col < t.x.n; col++) {
    m.scope(() => {
      const read: Read = (to, row) => m.load(to, at, 4 * (row * t.x.n + col) * pitch)
      const column = emitOutputTransform(m, t.y, constants, read)
      column.forEach((from, row) => m.store(scratch, (row * t.x.n + col) * width, from))
    })
  }
  const line = m.arg(OUTPUT_ARGS.line)
  for (let row = 0; row < t.y.m; row++) {
    m.scope(() => {
      const read: Read = (to, col) =>
        t.y.n > 1 ? m.load(to, scratch, (row * t.x.n + col) * width) : m.load(to, at, 4 * col * pitch)
      const pixels = emitOutputTransform(m, t.x, constants, read)
      m.scope(() => {
        const addend = m.vec()
        m.broadcast(addend, bias, 0)
        for (const pixel of pixels) m.plus(pixel, pixel, addend)
      })
      // A residual is added on the way from the line to the output: only there are its pixels known to exist.
      if (!epilogue.residual) emitEpilogue(m, epilogue, OUTPUT_ARGS, pixels, [])
      const to = row * t.x.m * width
      if (pixels.length === 1) m.store(line, to, pixels[0])
      else if (dilation === 1) m.storePhases(line, to, pixels)
      else storePeriods(m, dilation, pixels, scratch, row * t.x.n * width, line, to)
    })
  }
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
function emitRows(m: Machine, t: TileTransform, epilogue: Epilogue, table: Int, y: Int): void {
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
