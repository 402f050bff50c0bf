// The input transform as machine code: pixels of a block of tiles, channel by channel, to the factors of its products.
import { wordsOf } from '../../isa/args.ts'
import type { Access, Int, Machine } from '../../isa/machine.ts'
import type { NarrowFunction } from '../kernel.ts'
import { INPUT_ARGS, INPUT_GROUP_WORDS, type InputPhase, type InputShape, type Steps } from './input-args.ts'
import { transformName } from './points.ts'
import { rowBytes } from './rows.ts'
import { emitStage } from './stage.ts'
import { PAIR_SCALES } from './sums.ts'
import { stagedStep, stagingOf } from './tiles.ts'
import { Constants, emitInputTransform, inputConstants, type Read, type Write } from './transform.ts'

/** Registers that the transform needs beside its constants. */
const WORKING = 8

export function inputFunction(shape: InputShape): NarrowFunction {
  const { traits, t, dilation, phases, few, sums, inPlace } = shape
  const kept = few === null ? (sums ? '-scaled' : '') : `-of-${few}`
  const place = inPlace === null ? '' : `-${inPlace.lead}-${inPlace.count}-${inPlace.cols}`
  return {
    name: `f32-winograd-input-${transformName(t)}-l${traits.lanes}${dilationName(dilation)}${phaseNames(phases)}${kept}${place}`,
    words: wordsOf(INPUT_ARGS),
    traits,
    emit: (m) => emitInput(m, shape),
    touches: (words, args) => inputTouches(words, args, shape, traits.lanes),
  }
}

function dilationName([y, x]: Steps): string {
  return y === 1 && x === 1 ? '' : `-d${y}x${x}`
}

function phaseNames(phases: readonly InputPhase[]): string {
  return phases.length === 1
    ? ''
    : phases.map(({ from, whole }) => `-${from.map((step, axis) => `${step}${whole[axis] ? '' : 'p'}`).join('x')}`).join('')
}

function inputTouches(
  words: Int32Array,
  args: number,
  { t, dilation: [dy, dx], stride: [sy, sx], phases, few }: InputShape,
  lanes: number,
): Access[] {
  const arg = (name: keyof typeof INPUT_ARGS) => words[args + INPUT_ARGS[name]] >>> 0
  const { phases: streams, phaseFloats, rowFloats } = stagingOf(t.x, dx, sx, lanes)
  const width = 4 * lanes
  const [step, pieces] = [stagedStep(dx, lanes), arg('pieces')]
  const bytes = rowBytes(arg, lanes)
  const [channels, rows, count] = [arg('channels'), arg('rows'), arg('groupCount')]
  const real = rows * bytes > 0 && channels > 0
  const entries = words.subarray(arg('groups') / 4, arg('groups') / 4 + INPUT_GROUP_WORDS * count)
  const largest = (word: number) =>
    entries.reduce((most, value, i) => (i % INPUT_GROUP_WORDS === word ? Math.max(most, value) : most), 0)
  const reach =
    4 *
    (((t.y.n - 1) * sy * dy + sy - 1) * rowFloats + (streams - 1) * phaseFloats + Math.floor((t.x.n - 1) / t.x.m) * dx + lanes)
  return [
    { from: arg('x'), to: arg('x') + (real ? (channels - 1) * arg('xChannel') + (rows - 1) * arg('xRow') + bytes : 0) },
    { from: arg('clear'), to: arg('clear') + width * arg('clearVectors') },
    { from: arg('lead'), to: arg('lead') + (real ? bytes : 0) },
    { from: arg('line'), to: arg('line') + 4 * (streams * pieces - 1) * step + width },
    {
      from: arg('firstReal'),
      to:
        arg('firstReal') +
        (rows === 0 ? 0 : 4 * ((rows - 1) * rowFloats + (streams - 1) * phaseFloats + (pieces - 1) * step) + width),
    },
    { from: arg('staged'), to: arg('staged') + largest(0) + reach },
    {
      from: arg('v'),
      to:
        arg('v') +
        (phases.length - 1) * arg('vPhase') +
        (channels - 1) * arg('vChannel') +
        (t.points - 1) * arg('vPoint') +
        largest(1) +
        4 * (few ?? lanes),
    },
    { from: arg('groups'), to: arg('groups') + 4 * INPUT_GROUP_WORDS * count },
    { from: arg('scratch'), to: arg('scratch') + t.points * width },
  ]
}

function emitInput(m: Machine, shape: InputShape): void {
  const { t, phases } = shape
  const scales = scalesOf(shape)
  emitClear(m)
  const longest = Math.max(t.y.n, t.x.n)
  const constants = new Constants(m, [...inputConstants(t.y, scales), ...inputConstants(t.x, scales)], WORKING + longest - 6)
  const [x, v] = [m.arg(INPUT_ARGS.x), m.arg(INPUT_ARGS.v)]
  m.loop(m.arg(INPUT_ARGS.channels), () => {
    m.scope(() => emitStage(m, shape, x))
    m.scope(() => {
      const table = m.arg(INPUT_ARGS.groups)
      m.loop(m.arg(INPUT_ARGS.groupCount), () => {
        for (const phase of phases.keys()) m.scope(() => emitGroup(m, shape, phase, constants, table, v))
        m.add(table, 4 * INPUT_GROUP_WORDS)
      })
    })
    m.add(x, m.arg(INPUT_ARGS.xChannel))
    m.add(v, m.arg(INPUT_ARGS.vChannel))
  })
}

/** Of the factors of each pair. */
function scalesOf({ sums }: InputShape): readonly number[] {
  return sums ? PAIR_SCALES : NONE
}
const NONE: readonly number[] = [1, 1, 1]

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
function emitGroup(m: Machine, shape: InputShape, phase: number, constants: Constants, table: Int, v: Int): void {
  const {
    t,
    dilation: [dy, dx],
    stride: [sy, sx],
  } = shape
  const { from, whole } = shape.phases[phase]
  const scales = scalesOf(shape)
  const { phases, phaseFloats, rowFloats } = stagingOf(t.x, dx, sx, m.traits.lanes)
  const width = 4 * m.traits.lanes
  const [rows, cols] = [t.y, t.x].map(({ n }) => Array.from({ length: n }, (_, index) => index))
  const columnAt = (index: number) => {
    const col = sx * index + from[1]
    return (col % phases) * phaseFloats + Math.floor(col / phases) * dx
  }
  const scratch = m.arg(INPUT_ARGS.scratch)
  const [at, staged] = [m.int(), m.arg(INPUT_ARGS.staged)]
  m.loadInt(at, table, 0)
  m.add(at, staged)
  const rowAt = (index: number) => (sy * index * dy + from[0]) * rowFloats
  if (t.y.n > 1) {
    for (const col of whole[1] ? cols : cols.slice(1)) {
      const read: Read = (to, row) => m.load(to, at, 4 * (rowAt(row) + columnAt(col)))
      const write: Write = (row, factor) => m.store(scratch, (row * t.x.n + col) * width, factor)
      emitInputTransform(m, t.y, constants, read, write, whole[0], scales)
    }
  }
  const [to, point] = [m.int(), m.arg(INPUT_ARGS.vPoint)]
  m.loadInt(to, table, 4)
  m.add(to, v)
  if (phase > 0) {
    m.scope(() => {
      const before = m.arg(INPUT_ARGS.vPhase)
      m.scale(before, phase)
      m.add(to, before)
    })
  }
  const skip = (points: number) => {
    for (let count = 0; count < points; count++) m.add(to, point)
  }
  if (!whole[0]) skip(t.x.n)
  for (const row of whole[0] ? rows : rows.slice(1)) {
    const read: Read = (register, col) =>
      t.y.n > 1 ? m.load(register, scratch, (row * t.x.n + col) * width) : m.load(register, at, 4 * columnAt(col))
    if (!whole[1]) skip(1)
    const write: Write = (_, factor) => {
      if (shape.few === null) m.store(to, 0, factor)
      else m.storeFirst(to, 0, factor, shape.few)
      m.add(to, point)
    }
    emitInputTransform(m, t.x, constants, read, write, whole[1], scales)
  }
}
