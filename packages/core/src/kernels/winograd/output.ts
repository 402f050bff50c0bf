// The output transform as machine code: products of a block of tiles to pixels, with bias, residual and activation.
import { wordsOf } from '../../isa/args.ts'
import type { Access, Int, Machine } from '../../isa/machine.ts'
import { emitEpilogue, epilogueName, residualOf } from '../epilogue.ts'
import type { NarrowFunction } from '../kernel.ts'
import { DIRECT_GROUP, OUTPUT_ARGS, OUTPUT_GROUP, OUTPUT_GROUP_WORDS, type OutputShape } from './output-args.ts'
import { transformName } from './points.ts'
import { rowBytes } from './rows.ts'
import { productsPitch } from './sizes.ts'
import { directly, emitRows, intoLine, type StoreRow } from './store.ts'
import { Constants, emitOutputTransform, outputConstants, type Read } from './transform.ts'

/** Registers beside the constants: outputs, parts of the pairs, and what an activation or a transposition takes. */
const WORKING = 12

export function outputFunction(shape: OutputShape): NarrowFunction {
  const { traits, t, pitch, dilation, epilogue, direct } = shape
  const dilated = (dilation === 1 ? '' : `-d${dilation}`) + (direct ? '-direct' : '')
  return {
    name: `f32-winograd-output-${transformName(t)}-by-${pitch}-l${traits.lanes}${dilated}${epilogueName(epilogue)}`,
    words: wordsOf(OUTPUT_ARGS),
    traits,
    emit: (m) => emitOutput(m, shape),
    touches: (words, args) => outputTouches(words, args, shape, traits.lanes),
  }
}

function outputTouches(
  words: Int32Array,
  args: number,
  { t, pitch, dilation, epilogue, direct }: OutputShape,
  lanes: number,
): Access[] {
  const arg = (name: keyof typeof OUTPUT_ARGS) => words[args + OUTPUT_ARGS[name]] >>> 0
  const [channels, count, width] = [arg('channels'), arg('groupCount'), 4 * lanes]
  const last = (channels - 1) * productsPitch(t.points, pitch) + (t.points - 1) * pitch
  const touched = [
    { from: arg('bias'), to: arg('bias') + 4 * channels },
    { from: arg('groups'), to: arg('groups') + 4 * OUTPUT_GROUP_WORDS * count },
    { from: arg('scratch'), to: arg('scratch') + t.y.m * t.x.n * width },
    { from: arg('line'), to: arg('line') + t.y.m * t.x.m * width + (dilation === 1 ? 0 : width) },
  ]
  for (let group = 0; group < count; group++) {
    const at = arg('groups') / 4 + OUTPUT_GROUP_WORDS * group
    const entry = (name: keyof typeof OUTPUT_GROUP) => words[at + OUTPUT_GROUP[name]]
    const cols = direct ? 4 * bitLength(words[at + DIRECT_GROUP.bits], words[at + DIRECT_GROUP.bits + 1]) : rowBytes(entry, lanes)
    const from = arg('y') + entry('y')
    const first = arg('products') + entry('tile')
    const y = { from, to: from + (channels - 1) * arg('yChannel') + (entry('rows') - 1) * arg('yRow') + cols }
    touched.push(y, ...(epilogue.residual ? [residualOf(y, words, args, OUTPUT_ARGS)] : []))
    touched.push({ from: first, to: first + 4 * last + width })
  }
  return touched
}

function emitOutput(m: Machine, shape: OutputShape): void {
  const { t, pitch, epilogue } = shape
  const masked = shape.direct ? m.masked : null
  const constants = new Constants(m, [...outputConstants(t.y), ...outputConstants(t.x)], WORKING)
  const [products, y, bias] = [m.arg(OUTPUT_ARGS.products), m.arg(OUTPUT_ARGS.y), m.arg(OUTPUT_ARGS.bias)]
  m.loop(m.arg(OUTPUT_ARGS.channels), () => {
    m.scope(() => {
      const table = m.arg(OUTPUT_ARGS.groups)
      m.loop(m.arg(OUTPUT_ARGS.groupCount), () => {
        const at = { table, products, bias }
        if (masked !== null) {
          m.scope(() => emitGroup(m, shape, constants, at, directly(m, masked, shape, table, y)))
        } else {
          m.scope(() => emitGroup(m, shape, constants, at, intoLine(m, shape)))
          m.scope(() => emitRows(m, t, epilogue, table, y))
        }
        m.add(table, 4 * OUTPUT_GROUP_WORDS)
      })
    })
    m.add(products, 4 * productsPitch(t.points, pitch))
    m.add(y, m.arg(OUTPUT_ARGS.yChannel))
    m.add(bias, 4)
  })
}

/** A^T m A of a vector of tiles, down the columns into the scratch memory, then along the rows, each of which is stored. */
function emitGroup(
  m: Machine,
  { t, pitch, epilogue }: OutputShape,
  constants: Constants,
  { table, products, bias }: { table: Int; products: Int; bias: Int },
  store: StoreRow,
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
  for (let row = 0; row < t.y.m; row++) {
    store(row, () => {
      const read: Read = (to, col) =>
        t.y.n > 1 ? m.load(to, scratch, (row * t.x.n + col) * width) : m.load(to, at, 4 * col * pitch)
      const pixels = emitOutputTransform(m, t.x, constants, read)
      m.scope(() => {
        const addend = m.vec()
        m.broadcast(addend, bias, 0)
        for (const pixel of pixels) m.plus(pixel, pixel, addend)
      })
      // A residual is added where pixels are stored: only there are those known that exist.
      if (!epilogue.residual) emitEpilogue(m, epilogue, OUTPUT_ARGS, pixels, [])
      return pixels
    })
  }
}

/** How many bits two words have up to the last that is set. */
function bitLength(low: number, high: number): number {
  return high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high)
}
