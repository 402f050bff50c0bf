// Making the factors of a block: calls of the input transform for stretches of channels of a phase.
import type { Bindings, Callable, NarrowFunction } from '../kernel.ts'
import { inputShapeOf } from './functions.ts'
import { inputFunction } from './input.ts'
import { INPUT_ARGS, INPUT_GROUP_WORDS } from './input-args.ts'
import type { WinogradPlan } from './plan.ts'
import { ROW_COPY, rowCopy } from './rows.ts'
import { piecesOf, realPart, stagedStep } from './tiles.ts'

/** Groups of the blocks before each. */
export function groupsBefore({ blocks }: WinogradPlan): number[] {
  let count = 0
  return blocks.map(({ groups }) => {
    count += groups.length
    return count - groups.length
  })
}

/** What transforms each block: of many blocks there are few that stage other columns. */
export function inputFunctions(plan: WinogradPlan): readonly NarrowFunction[] {
  const known = new Map<string, NarrowFunction>()
  return plan.blocks.map((block) => {
    const shape = inputShapeOf(plan, block)
    const columns = Object.values(shape.inPlace ?? {}).join()
    const transform = known.get(columns) ?? inputFunction(shape)
    known.set(columns, transform)
    return transform
  })
}

/** Transforms stretch `stretch` of a group's channels for a block by its index. */
export function transformer(plan: WinogradPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike) {
  const { descriptor: d, staging, machine } = plan
  const words = new Int32Array(memory)
  const calls = inputFunctions(plan).map(({ name }) => code.get(name) as Callable)
  const before = groupsBefore(plan)
  const icPerGroup = d.ic / d.groups
  const channels = icPerGroup * plan.phases.length
  const [depth, ih, iw] = d.input
  const plane = 4 * ih * iw
  const step = stagedStep(d.dilation[2], machine.lanes)
  return (index: number, group: number, stretch: number, factors: number, at: Bindings): void => {
    const block = plan.blocks[index]
    const ic = stretch * plan.icAtOnce
    const rows = realPart(block.top, block.height, ih)
    const cols = realPart(block.left, block.cols, iw)
    const [args, line] = [at.private / 4, at.private + plan.private.line]
    const staged = at.private + plan.private.staged
    const set = (name: keyof typeof INPUT_ARGS, value: number) => {
      words[args + INPUT_ARGS[name]] = value
    }
    const copy = rowCopy(cols.count, machine.lanes)
    set('xRow', 4 * iw)
    set('xChannel', depth * plane)
    set('channels', Math.min(plan.icAtOnce, icPerGroup - ic))
    set('line', line)
    set('lead', line + 4 * cols.lead)
    set('pieces', piecesOf(block.cols, staging.phases, step))
    set('staged', staged)
    set('firstReal', staged + 4 * rows.lead * staging.rowFloats)
    for (const name of ROW_COPY) set(name, copy[name])
    set('clear', line)
    set('clearVectors', (staged - line + 4 * block.height * staging.rowFloats) / (4 * machine.lanes))
    set('vPhase', 4 * icPerGroup * plan.vChannel)
    set('vChannel', 4 * plan.vChannel)
    set('vPoint', 4 * plan.vPoint)
    set('groups', at.packed + plan.inputTablesAt + 4 * INPUT_GROUP_WORDS * before[index])
    set('groupCount', block.groups.length)
    set('scratch', at.private + plan.private.scratch)
    for (let input = 0; input < block.inputs; input++) {
      const from = block.input + input
      const real = from >= 0 && from < depth
      const pixel = real ? from * plane + 4 * (rows.from * iw + cols.from) : 0
      set('x', at.x + (group * icPerGroup + ic) * depth * plane + pixel)
      // Of a plane of padding no row is read.
      set('rows', real ? rows.count : 0)
      set('v', factors + 4 * (input * channels + ic) * plan.vChannel)
      calls[index](at.private)
    }
  }
}
