// What the functions of a Winograd plan are emitted for.
import type { KernelFunction } from '../../isa/machine.ts'
import { epilogueOf } from '../epilogue.ts'
import type { TileShape } from '../tile.ts'
import { acrossFunction } from './across.ts'
import { axisOf } from './axis.ts'
import type { Chunk } from './chunks.ts'
import type { InputShape } from './input-args.ts'
import { makeFunction } from './make.ts'
import { multiplyFunction } from './multiply.ts'
import type { OutputShape } from './output-args.ts'
import type { Block, WinogradPlan } from './plan.ts'
import { tapsFunction } from './taps.ts'
import { realPart } from './tiles.ts'

/** What the input transform is emitted for. */
export function inputShapeOf(
  { machine, transform: t, inputPhases, descriptor: d, few, sums }: WinogradPlan,
  { left, cols }: Block,
): InputShape {
  const { lead, count } = realPart(left, cols, d.input[2])
  const inPlace = machine.masks ? { cols, lead, count } : null
  const [, ...dilation] = d.dilation
  const [, ...stride] = d.stride
  const tiles = few ? axisOf(d, t.x.m, 2).tiles : null
  return { traits: machine, t, dilation, stride, phases: inputPhases, few: tiles, sums, inPlace }
}

export function outputShapeOf({ machine, transform, pitch, descriptor: d }: WinogradPlan): OutputShape {
  const direct = machine.masks && d.dilation[2] === 1
  return { traits: machine, t: transform, pitch, dilation: d.dilation[2], direct, epilogue: epilogueOf(d) }
}

export function shapeOfChunk(plan: WinogradPlan, { rows }: Chunk): TileShape {
  return { rows, cols: plan.cols }
}

/** What makes filters at each row of points; nothing where they are packed. */
export function makersOf({ made, runs }: WinogradPlan): KernelFunction[] {
  return made ? runs.map((_, row) => makeFunction(row)) : []
}

/** What multiplies a chunk. */
export function multiplyOf(plan: WinogradPlan, chunk: Chunk): KernelFunction {
  const { across, taps, traits } = plan
  if (taps !== null) return tapsFunction(taps)
  if (across === null) return multiplyFunction(shapeOfChunk(plan, chunk))
  return acrossFunction({ vectors: chunk.width / traits.lanes, tiles: across })
}
