// Running a Winograd convolution: transform a block, multiply it by a chunk of output channels, transform back.
import { writeEpilogueArgs } from '../epilogue.ts'
import type { Bindings, Callable } from '../kernel.ts'
import { unitsOf } from '../range.ts'
import { ACROSS_ARGS } from './across.ts'
import type { Chunk } from './chunks.ts'
import { groupsBefore, transformer } from './factors.ts'
import { makersOf, multiplyOf, outputShapeOf, shapeOfChunk } from './functions.ts'
import { MAKE_ARGS } from './make.ts'
import { MULTIPLY_ARGS, writeVectors } from './multiply.ts'
import { outputFunction } from './output.ts'
import { OUTPUT_ARGS, OUTPUT_GROUP_WORDS } from './output-args.ts'
import { aloneUnit, type WinogradPlan } from './plan.ts'
import { productsPitch } from './sizes.ts'

type Run = (begin: number, end: number, at: Bindings, cancelled: () => boolean) => boolean

/** One step: chunks of a block after the other, from factors to pixels in memory of the worker's own. */
export function convolver(plan: WinogradPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Run {
  const [transform, multiply] = [transformer(plan, code, memory), multiplier(plan, code, memory)]
  return (begin, end, at, cancelled) => {
    const factors = at.private + plan.private.factors
    for (let unit = begin; unit < end; unit++) {
      const { cell, block, chunk } = aloneUnit(plan, unit)
      const factorsOf = { plan, x: at.x, key: cell }
      if (!at.staged.has(factorsOf)) {
        at.staged.held = null
        for (let stretch = 0; stretch < plan.stretches; stretch++) {
          if (cancelled()) return false
          transform(block, chunk.group, stretch, factors, at)
        }
        at.staged.held = factorsOf
      }
      if (cancelled()) return false
      multiply(block, chunk, factors, at)
    }
    return true
  }
}

/** Step one of two: shared factors. */
export function transformStep(plan: WinogradPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Run {
  const transform = transformer(plan, code, memory)
  return (begin, end, at, cancelled) => {
    for (const { tile, block } of unitsOf(begin, end, plan.icGrid)) {
      if (cancelled()) return false
      const group = Math.floor(tile / plan.stretches)
      transform(block, group, tile % plan.stretches, factorsAt(plan, at, group, block), at)
    }
    return true
  }
}

/** Step two of two. */
export function multiplyStep(plan: WinogradPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Run {
  const multiply = multiplier(plan, code, memory)
  return (begin, end, at, cancelled) => {
    for (const { tile, block } of unitsOf(begin, end, plan.ocGrid)) {
      if (cancelled()) return false
      const chunk = plan.chunks[tile]
      multiply(block, chunk, factorsAt(plan, at, chunk.group, block), at)
    }
    return true
  }
}

function factorsAt(plan: WinogradPlan, at: Bindings, group: number, block: number): number {
  return at.shared + 4 * plan.vBlock * (group * plan.blocks.length + block)
}

function multiplier(plan: WinogradPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike) {
  const { descriptor: d, undivided, transform: t, traits } = plan
  const words = new Int32Array(memory)
  const floats = new Float32Array(memory)
  const multiply = new Map(plan.chunks.map((chunk) => [chunk, code.get(multiplyOf(plan, chunk).name) as Callable]))
  const output = code.get(outputFunction(outputShapeOf(plan)).name) as Callable
  const makers = makersOf(plan).map(({ name }) => code.get(name) as Callable)
  const before = groupsBefore(plan)
  const { points } = t
  const planeBytes = 4 * d.output[1] * d.output[2]
  const channelBytes = d.output[0] * planeBytes
  const each = (d.ic / d.groups) * d.kernel[0]
  const one = (index: number, chunk: Chunk, factors: number, plane: number, at: Bindings): void => {
    const block = plan.blocks[index]
    const args = at.private / 4
    const products = at.private + plan.private.products
    words[args + MULTIPLY_ARGS.tiles] = chunk.tiles
    words[args + MULTIPLY_ARGS.vChannel] = 4 * plan.vChannel
    words[args + MULTIPLY_ARGS.vPoint] = 4 * plan.vPoint
    words[args + MULTIPLY_ARGS.productsChannel] = 4 * productsPitch(points, plan.pitch)
    words[args + MULTIPLY_ARGS.productsPoint] = 4 * plan.pitch
    if (plan.across === null) {
      writeVectors(words, args, shapeOfChunk(plan, chunk), Math.ceil(block.tiles / traits.lanes), traits.lanes)
    } else {
      words[args + ACROSS_ARGS.sums] = at.private + plan.private.sums
      words[args + ACROSS_ARGS.fours] = Math.floor(chunk.rows / 4)
      words[args + ACROSS_ARGS.singles] = chunk.rows % 4
    }
    const call = multiply.get(chunk) as Callable
    const v = factors + ((4 * plane * d.stride[0] * undivided.ic) / d.groups) * plan.vChannel
    let filters = at.packed + chunk.filters
    const atPoint = each * chunk.tiles * chunk.width
    if (plan.made) {
      words[args + MAKE_ARGS.taps] = filters
      filters = at.private + plan.private.filters
      words[args + MAKE_ARGS.made] = filters
      words[args + MAKE_ARGS.point] = 4 * atPoint
      words[args + MAKE_ARGS.vectors] = atPoint / traits.lanes
    }
    for (const [index, { point, points, first, phases }] of plan.runs.entries()) {
      words[args + MULTIPLY_ARGS.filters] = filters
      words[args + MULTIPLY_ARGS.points] = points
      words[args + MULTIPLY_ARGS.channels] = phases * each
      words[args + MULTIPLY_ARGS.v] = v + 4 * (point * plan.vPoint + first * each * plan.vChannel)
      words[args + MULTIPLY_ARGS.products] = products + 4 * point * plan.pitch
      makers[index]?.(at.private)
      call(at.private)
      if (!plan.made) filters += 4 * points * phases * atPoint
    }
    words[args + OUTPUT_ARGS.products] = products
    words[args + OUTPUT_ARGS.channels] = chunk.rows * chunk.tiles
    words[args + OUTPUT_ARGS.bias] = at.packed + plan.biasAt + 4 * chunk.oc
    words[args + OUTPUT_ARGS.y] = at.y + chunk.oc * channelBytes + (block.plane + plane) * planeBytes
    words[args + OUTPUT_ARGS.yChannel] = channelBytes
    words[args + OUTPUT_ARGS.yRow] = 4 * d.dilation[1] * d.output[2]
    words[args + OUTPUT_ARGS.groups] = at.packed + plan.outputTablesAt + 4 * OUTPUT_GROUP_WORDS * before[index]
    words[args + OUTPUT_ARGS.groupCount] = block.groups.length
    words[args + OUTPUT_ARGS.scratch] = at.private + plan.private.scratch
    words[args + OUTPUT_ARGS.line] = at.private + plan.private.line
    writeEpilogueArgs(words, floats, args, OUTPUT_ARGS, d, at)
    output(at.private)
  }
  return (index: number, chunk: Chunk, factors: number, at: Bindings): void => {
    for (let plane = 0; plane < plan.blocks[index].planes; plane++) one(index, chunk, factors, plane, at)
  }
}
