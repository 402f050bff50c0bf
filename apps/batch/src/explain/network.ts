// `weft explain MODEL`: the layers of a network, what they cost, and how long each took.
import { availableParallelism } from 'node:os'
import { sizeOf, type TierName, WeftError } from '@weft/core'
import { writeAtomically } from '@weft/io'
import { type ModelFile, type Port, readModel } from '@weft/model'
import { open } from '@weft/parallel'
import type { ExplainFlags, NamedShape } from '../flag-types.ts'
import { portText } from '../run/port.ts'
import { type LayerRow, layerRows } from './layers.ts'
import { networkText } from './network-text.ts'
import { type Profile, profile } from './profile.ts'
import { traceOf } from './trace.ts'

export interface NetworkExplanation {
  readonly name: string
  readonly tier: TierName
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** The shapes that all the rest is for. */
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly layers: readonly LayerRow[]
  /** Bytes of all values of a run, those that are never alive together in the same place. */
  readonly valueBytes: number
  readonly passes: ModelFile['passes']
  readonly profile: Profile | null
  /** Where the trace was written. */
  readonly trace: string | null
}

/** @throws NOT_FOUND, FORMAT, MODEL, OPTION, SHAPE and what running throws */
export async function explainNetwork(path: string, flags: ExplainFlags): Promise<string> {
  const file = await readModel(path)
  const shapes = shapesOf(file, flags.shape ?? [])
  const program = file.program(Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }])))
  const { threads = availableParallelism(), tier = 'auto' } = flags
  const runs = flags.profile === true || flags.trace !== undefined
  await using engine = await open({ threads: runs ? threads : 1, tier })
  const measured = runs ? await profile(file, engine, shapes) : null
  if (measured !== null && flags.trace !== undefined) {
    await writeAtomically(flags.trace, [Buffer.from(JSON.stringify(traceOf(program, measured.last, file.name)))])
  }
  const explanation: NetworkExplanation = {
    name: file.name,
    tier: engine.info.tier,
    inputs: file.inputs.map(portText),
    outputs: file.outputs.map(portText),
    shapes,
    layers: layerRows(program, engine.info.tier, flags.profile === true ? measured : null),
    valueBytes: program.bytes,
    passes: file.passes,
    profile: measured,
    trace: flags.trace ?? null,
  }
  return flags.json === true ? asJson(explanation) : networkText(explanation, flags.passes === true)
}

function asJson({ profile: measured, ...rest }: NetworkExplanation): string {
  const { threads, runs, ms } = measured ?? {}
  return JSON.stringify({ ...rest, ...(measured === null ? {} : { profile: { threads, runs, ms } }) })
}

/** Sizes that vary are 1, heights and widths of pictures 224. @throws OPTION for a shape of no input, or one that does not fit */
function shapesOf(file: ModelFile, told: readonly NamedShape[]): Record<string, readonly number[]> {
  for (const { name, shape } of told) {
    const known = file.inputs.some((port) => port.name === name) || (name === undefined && file.inputs.length === 1)
    if (known) continue
    const names = file.inputs.map((port) => port.name).join(', ')
    throw new WeftError(
      'OPTION',
      `--shape ${shape.join('x')}: name the input as in x=${shape.join('x')}; ${file.name} has ${names}`,
    )
  }
  return Object.fromEntries(
    file.inputs.map((port) => [
      port.name,
      told.find(({ name }) => name === port.name || name === undefined)?.shape ?? usualShape(file.name, port),
    ]),
  )
}

function usualShape(model: string, { name, shape }: Port): readonly number[] {
  if (shape === null)
    throw new WeftError('OPTION', `${model} does not say the shape of ${name}; tell one: --shape ${name}=1x3x224x224`)
  const last = shape.length === 4 && ![1, 3].includes(shape[1] as number) && [1, 3].includes(shape[3] as number)
  const sides = last ? [1, 2] : [2, 3]
  const sizes = shape.map((size, axis) =>
    typeof size === 'number' ? size : shape.length === 4 && sides.includes(axis) ? 224 : 1,
  )
  return sizeOf(sizes) > 0 ? sizes : sizes.map((size) => Math.max(size, 1))
}
