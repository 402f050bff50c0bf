// The input transform as machine code: pixels of a block of tiles, channel by channel, to the factors of its products.
import { wordsOf } from '../../isa/args.ts'
import type { Access, Int, Machine } from '../../isa/machine.ts'
import type { NarrowFunction } from '../kernel.ts'
import { halvesBytes } from './halves.ts'
import { type Dilation, INPUT_ARGS, INPUT_GROUP_WORDS, type InputShape } from './input-args.ts'
import { type TileTransform, transformName } from './points.ts'
import { rowBytes } from './rows.ts'
import { emitStage } from './stage.ts'
import { stagedStep, stagingOf } from './tiles.ts'
import { Constants, emitInputTransform, inputConstants, type Read } from './transform.ts'

/** Registers that the transform needs beside its constants. */
const WORKING = 8

export function inputFunction(shape: InputShape): NarrowFunction {
  const { traits, t, dilation, stride, inPlace } = shape
  const by = stride === 1 ? '' : `-s${stride}`
  const place = inPlace === null ? '' : `-${inPlace.lead}-${inPlace.count}-${inPlace.cols}`
  return {
    name: `f32-winograd-input-${transformName(t)}-l${traits.lanes}${dilationName(dilation)}${by}${place}`,
    words: wordsOf(INPUT_ARGS),
    traits,
    emit: (m) => emitInput(m, shape),
    touches: (words, args) => inputTouches(words, args, shape, traits.lanes),
  }
}

function dilationName([y, x]: Dilation): string {
  return y === 1 && x === 1 ? '' : `-d${y}x${x}`
}

function inputTouches(words: Int32Array, args: number, { t, dilation: [dy, dx], stride }: InputShape, lanes: number): Access[] {
  const arg = (name: keyof typeof INPUT_ARGS) => words[args + INPUT_ARGS[name]] >>> 0
  const { phaseFloats, rowFloats } = stagingOf(t.x, dx, lanes)
  const width = 4 * lanes
  const [step, pieces] = [stagedStep(dx, lanes), arg('pieces')]
  const bytes = rowBytes(arg, lanes)
  const { read, written } = stride === 1 ? { read: bytes, written: bytes } : halvesBytes(arg, lanes)
  const [channels, rows, count] = [arg('channels'), arg('rows'), arg('groupCount')]
  const real = rows * read > 0 && channels > 0
  const entries = words.subarray(arg('groups') / 4, arg('groups') / 4 + INPUT_GROUP_WORDS * count)
  const largest = (word: number) =>
    entries.reduce((most, value, i) => (i % INPUT_GROUP_WORDS === word ? Math.max(most, value) : most), 0)
  const reach = 4 * ((t.y.n - 1) * dy * rowFloats + (t.x.m - 1) * phaseFloats + Math.floor((t.x.n - 1) / t.x.m) * dx + lanes)
  return [
    { from: arg('x'), to: arg('x') + (real ? (channels - 1) * arg('xChannel') + (rows - 1) * arg('xRow') + read : 0) },
    { from: arg('clear'), to: arg('clear') + width * arg('clearVectors') },
    { from: arg('lead'), to: arg('lead') + (real ? written : 0) },
    { from: arg('line'), to: arg('line') + 4 * (t.x.m * pieces - 1) * step + width },
    {
      from: arg('firstReal'),
      to:
        arg('firstReal') +
        (rows === 0 ? 0 : 4 * ((rows - 1) * rowFloats + (t.x.m - 1) * phaseFloats + (pieces - 1) * step) + width),
    },
    { from: arg('staged'), to: arg('staged') + largest(0) + reach },
    {
      from: arg('v'),
      to: arg('v') + (channels - 1) * arg('vChannel') + (t.points - 1) * arg('vPoint') + largest(1) + width,
    },
    { from: arg('groups'), to: arg('groups') + 4 * INPUT_GROUP_WORDS * count },
    { from: arg('scratch'), to: arg('scratch') + t.points * width },
  ]
}

function emitInput(m: Machine, shape: InputShape): void {
  const { t, dilation } = shape
  emitClear(m)
  const longest = Math.max(t.y.n, t.x.n)
  const constants = new Constants(m, [...inputConstants(t.y), ...inputConstants(t.x)], WORKING + longest - 6)
  const [x, v] = [m.arg(INPUT_ARGS.x), m.arg(INPUT_ARGS.v)]
  m.loop(m.arg(INPUT_ARGS.channels), () => {
    m.scope(() => emitStage(m, shape, x))
    m.scope(() => {
      const table = m.arg(INPUT_ARGS.groups)
      m.loop(m.arg(INPUT_ARGS.groupCount), () => {
        emitGroup(m, t, dilation, constants, table, v)
        m.add(table, 4 * INPUT_GROUP_WORDS)
      })
    })
    m.add(x, m.arg(INPUT_ARGS.xChannel))
    m.add(v, m.arg(INPUT_ARGS.vChannel))
  })
}

function emitClear(m: Machine): void {
  m.scope(() => {
    const [zero, at] = [m.vec(), m.arg(INPUT_ARGS.clear)]
    m.constant(zero, 0)
    m.loop(m.arg(INPUT_ARGS.clearVectors), () => {
      m.store(at, 0, zero)
      m.add(at, 4 * m.traits.lanes)
    })
  })
}

/** B^T d B of a vector of tiles: down the columns into the scratch memory, where there are rows to transform, then along the rows. */
function emitGroup(m: Machine, t: TileTransform, [dy, dx]: Dilation, constants: Constants, table: Int, v: Int): void {
  const { phaseFloats, rowFloats } = stagingOf(t.x, dx, m.traits.lanes)
  const width = 4 * m.traits.lanes
  const [rows, cols] = [t.y, t.x].map(({ n }) => Array.from({ length: n }, (_, index) => index))
  const columnAt = (col: number) => (col % t.x.m) * phaseFloats + Math.floor(col / t.x.m) * dx
  const scratch = m.arg(INPUT_ARGS.scratch)
  const [at, staged] = [m.int(), m.arg(INPUT_ARGS.staged)]
  m.loadInt(at, table, 0)
  m.add(at, staged)
  if (t.y.n > 1) {
    for (const col of cols) {
      const read: Read = (to, row) => m.load(to, at, 4 * (row * dy * rowFloats + columnAt(col)))
      emitInputTransform(m, t.y, constants, read, (row, from) => m.store(scratch, (row * t.x.n + col) * width, from))
    }
  }
  const [to, point] = [m.int(), m.arg(INPUT_ARGS.vPoint)]
  m.loadInt(to, table, 4)
  m.add(to, v)
  for (const row of rows) {
    const read: Read = (register, col) =>
      t.y.n > 1 ? m.load(register, scratch, (row * t.x.n + col) * width) : m.load(register, at, 4 * columnAt(col))
    emitInputTransform(m, t.x, constants, read, (_, from) => {
      m.store(to, 0, from)
      m.add(to, point)
    })
  }
}
