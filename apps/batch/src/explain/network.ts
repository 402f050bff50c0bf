// `weft explain MODEL`: the layers of a network, what they cost, and how long each took.
import { availableParallelism } from 'node:os'
import { chainGain, TIERS, type TierName } from '@weft/core'
import { writeAtomically } from '@weft/io'
import { exampleShapes, type ModelFile, readModel } from '@weft/model'
import { open, tierOfEnvironment } from '@weft/parallel'
import type { ExplainFlags } from '../flag-types.ts'
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
  const shapes = exampleShapes(file, flags.shape ?? [])
  const { threads = availableParallelism(), tier = tierOfEnvironment() } = flags
  const runs = flags.profile === true || flags.trace !== undefined
  await using engine = await open({ threads: runs ? threads : 1, tier })
  const { traits } = TIERS[engine.info.tier]
  const passes = [...file.passes]
  const program = file.program(Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }])), {
    chainGain: (chain) => chainGain(chain, traits, threads),
    onPass: (report) => passes.push(report),
  })
  const measured = runs ? await profile(file, engine, shapes, program.steps.length) : null
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
    passes,
    profile: measured,
    trace: flags.trace ?? null,
  }
  return flags.json === true ? asJson(explanation) : networkText(explanation, flags.passes === true)
}

function asJson({ profile: measured, ...rest }: NetworkExplanation): string {
  const { threads, runs, ms } = measured ?? {}
  return JSON.stringify({ ...rest, ...(measured === null ? {} : { profile: { threads, runs, ms } }) })
}
