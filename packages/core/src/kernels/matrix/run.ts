// Running the matrix kernel: gather a block's pixels, multiply them by every channel's weights, store the sums.
import { TILE_ROWS } from '../../isa/matrix-unit.ts'
import { epilogueOf, writeEpilogueArgs } from '../epilogue.ts'
import type { Bindings, Callable } from '../kernel.ts'
import type { Block } from './blocks.ts'
import { GATHER_ARGS, gatherFunction, ROW_WORDS, STEP_BYTES } from './gather.ts'
import { MULTIPLY_ARGS, multiplyFunction } from './multiply.ts'
import { BIAS_BYTES, type Channels, type Chunk, type MatrixPlan, type Steps, type Unit } from './plan.ts'

type Run = (begin: number, end: number, at: Bindings, cancelled: () => boolean) => boolean

export function computer(plan: MatrixPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Run {
  const [gather, multiply] = [gatherer(plan, code, memory), multiplier(plan, code, memory)]
  const { blocks, chunks, units } = plan
  const perGroup = plan.channels.length / plan.descriptor.groups
  return (begin, end, at, cancelled) => {
    for (const { block: number, group, from, to } of spansOf(units, begin, end)) {
      const block = blocks[number]
      const sumsEach = chunks.length === 1 ? 0 : Math.ceil(block.lines.count / 2) * plan.sumsPair
      for (const chunk of chunks) {
        if (cancelled()) return false
        gather(block, group, chunk, at)
        for (let one = from; one < to; one++) {
          if (cancelled()) return false
          const sums = at.private + plan.sumsAt + (one - from) * sumsEach
          for (const steps of chunk.turns) multiply(block, plan.channels[group * perGroup + one], chunk, steps, sums, at)
        }
      }
    }
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

function gatherer(plan: MatrixPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike) {
  const { descriptor: d, layout } = plan
  const words = new Int32Array(memory)
  const groupBytes = 4 * (d.ic / d.groups) * layout.planeFloats
  return ({ x, lines }: Block, group: number, { from, count }: Chunk, at: Bindings): void => {
    const args = at.private / 4
    words[args + GATHER_ARGS.x] = (layout.staged ? at.shared : at.x) + group * groupBytes + x
    words[args + GATHER_ARGS.rows] = rowsAt(plan, at) + 4 * ROW_WORDS * TILE_ROWS * from
    words[args + GATHER_ARGS.steps] = count
    words[args + GATHER_ARGS.toPair] = count * STEP_BYTES
    const pairs = Math.floor(lines.count / 2)
    for (const { both, first, turns } of [
      { both: true, first: 0, turns: pairs },
      { both: false, first: 2 * pairs, turns: lines.count % 2 },
    ]) {
      if (turns === 0) continue
      words[args + GATHER_ARGS.lines] = at.packed + plan.linesAt + 4 * lines.at + 8 * lines.pieces * first
      words[args + GATHER_ARGS.turns] = turns
      words[args + GATHER_ARGS.to] = at.private + plan.pixelsAt + (first / 2) * count * STEP_BYTES
      const call = code.get(gatherFunction({ pieces: lines.pieces, both }).name) as Callable
      call(at.private)
    }
  }
}

/** The rows table lies behind the configuration of tiles. */
function rowsAt(plan: MatrixPlan, at: Bindings): number {
  return at.packed + plan.tablesAt + 64
}

function multiplier(plan: MatrixPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike) {
  const { descriptor: d } = plan
  const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
  const epilogue = epilogueOf(d)
  const yChannel = 4 * d.output[1] * d.output[2]
  return (
    { lines, y }: Block,
    channels: Channels,
    chunk: Chunk,
    { first, last, from, count }: Steps,
    sums: number,
    at: Bindings,
  ): void => {
    const args = at.private / 4
    const rows = Math.ceil(channels.rows / TILE_ROWS)
    words[args + MULTIPLY_ARGS.config] = at.packed + plan.tablesAt
    words[args + MULTIPLY_ARGS.weights] = at.packed + channels.packed + BIAS_BYTES + from * STEP_BYTES
    words[args + MULTIPLY_ARGS.xPair] = chunk.count * STEP_BYTES
    words[args + MULTIPLY_ARGS.biases] = at.packed + channels.packed
    words[args + MULTIPLY_ARGS.steps] = count
    words[args + MULTIPLY_ARGS.sumsPair] = plan.sumsPair
    words[args + MULTIPLY_ARGS.channels] = channels.rows
    words[args + MULTIPLY_ARGS.yChannel] = yChannel
    writeEpilogueArgs(words, floats, args, MULTIPLY_ARGS, d, at)
    words[args + MULTIPLY_ARGS.x] = at.private + plan.pixelsAt + (from - chunk.from) * STEP_BYTES
    words[args + MULTIPLY_ARGS.sums] = sums
    words[args + MULTIPLY_ARGS.y] = at.y + channels.oc * yChannel + y
    words[args + MULTIPLY_ARGS.pairs] = lines.turns[0].count
    const call = code.get(multiplyFunction({ rows, turns: lines.turns, first, last: last ? epilogue : null }).name) as Callable
    call(at.private)
  }
}
