// Running the matrix kernel: blocks of lines by blocks of channels, chunk after chunk of products.
import { TILE_ROWS } from '../../isa/matrix-unit.ts'
import { epilogueOf, writeEpilogueArgs } from '../epilogue.ts'
import type { Bindings, Callable } from '../kernel.ts'
import { BIAS_BYTES, MATRIX_ARGS, ROW_WORDS, STEP_BYTES, SUMS_BYTES } from './args.ts'
import type { Block, Lines } from './blocks.ts'
import { type Chunk, ROWS } from './cut.ts'
import { matrixFunction } from './function.ts'
import { type MatrixPlan, shapeOf, type Unit } from './plan.ts'
import { type Window, windower } from './split.ts'

type Run = (begin: number, end: number, at: Bindings, cancelled: () => boolean) => boolean

export function computer(plan: MatrixPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Run {
  const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
  const call = caller(plan, code, words)
  const stage = plan.window ? keeping(plan, windower(plan, code, words)) : null
  return (begin, end, at, cancelled) => {
    for (const span of spansOf(plan.units, begin, end)) {
      if (stage !== null && !stage(span, at, cancelled)) return false
      const args = at.private / 4
      words[args + MATRIX_ARGS.self] = at.private
      words[args + MATRIX_ARGS.config] = at.packed + plan.tablesAt
      words[args + MATRIX_ARGS.sumsBlock] = plan.chunks.length === 1 ? 0 : SUMS_BYTES
      words[args + MATRIX_ARGS.channels] = ROWS
      writeEpilogueArgs(words, floats, args, MATRIX_ARGS, plan.descriptor, at)
      for (const chunk of plan.chunks) {
        if (cancelled()) return false
        call(span, chunk, at)
      }
    }
    return true
  }
}

/** Stages what a block reads, unless that is what a worker has staged last, of this item. */
function keeping(plan: MatrixPlan, stage: Window) {
  return ({ block, group }: Unit, at: Bindings, cancelled: () => boolean): boolean => {
    const window = { plan, x: at.x, key: block * plan.descriptor.groups + group }
    if (at.staged.has(window)) return true
    at.staged.held = null
    if (!stage(plan.blocks[block].row, group, at, cancelled)) return false
    at.staged.held = window
    return true
  }
}

/** Units [begin, end), those of one block joined. */
function spansOf(units: readonly Unit[], begin: number, end: number): Unit[] {
  const spans: Unit[] = []
  for (const unit of units.slice(begin, end)) {
    const last = spans.at(-1)
    if (last?.block === unit.block && last.group === unit.group) spans[spans.length - 1] = { ...last, to: unit.to }
    else spans.push(unit)
  }
  return spans
}

function caller(plan: MatrixPlan, code: ReadonlyMap<string, Callable>, words: Int32Array) {
  const { descriptor: d, layout } = plan
  const [perGroup, groupBytes] = [plan.channels.length / d.groups, 4 * (d.ic / d.groups) * layout.planeFloats]
  const yChannel = 4 * d.output[1] * d.output[2]
  const calls = callsOf(plan, code)
  return ({ block: index, group, from, to }: Unit, chunk: Chunk, at: Bindings): void => {
    const args = at.private / 4
    const block = plan.blocks[index]
    const [first, last] = [plan.channels[group * perGroup + from], plan.channels[group * perGroup + to - 1]]
    const rests = last.rows < ROWS ? 1 : 0
    const set = (name: keyof typeof MATRIX_ARGS, value: number) => {
      words[args + MATRIX_ARGS[name]] = value
    }
    const planes = plan.window ? at.private + plan.windowAt : (layout.staged ? at.shared : at.x) + group * groupBytes
    set('x', planes + block.x)
    set('lines', at.packed + plan.linesAt + 4 * block.lines.at)
    set('pairs', block.lines.turns[0].count)
    set('rows', at.packed + plan.rowsAt + 4 * ROW_WORDS * TILE_ROWS * chunk.from)
    set('steps', chunk.count)
    set('pixels', at.private + plan.pixelsAt)
    set('nextPixels', at.private + plan.nextPixelsAt)
    set('weights', at.packed + first.packed + BIAS_BYTES + chunk.from * STEP_BYTES)
    set('weightsBlock', plan.weightsBlock)
    set('blocks', to - from - rests)
    set('rests', rests)
    set('restChannels', last.rows)
    set('sums', at.private + plan.sumsAt)
    set('y', at.y + first.oc * yChannel + block.y)
    set('yChannel', yChannel)
    set('yBlock', ROWS * yChannel)
    calls(block, chunk)(at.private)
  }
}

/** The call for a chunk of a block, looked up once: blocks of one size share their lines. */
function callsOf(plan: MatrixPlan, code: ReadonlyMap<string, Callable>): (block: Block, chunk: Chunk) => Callable {
  const epilogue = epilogueOf(plan.descriptor)
  const known = new Map(plan.chunks.map((chunk) => [chunk, new Map<Lines, Callable>()]))
  for (const [chunk, calls] of known)
    for (const block of new Map(plan.blocks.map((one) => [one.lines, one])).values())
      calls.set(block.lines, code.get(matrixFunction(shapeOf(plan, block, chunk, epilogue)).name) as Callable)
  return ({ lines }, chunk) => known.get(chunk)?.get(lines) as Callable
}
