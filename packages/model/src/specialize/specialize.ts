// specialize: a graph on inputs of given shapes to a Program.
import { type ChainDescriptor, formatShape, type OpStorage, type Program, type ProgramConstant, WeftError } from '@weft/core'
import type { Graph, Port } from '../graph/graph.ts'
import type { PassReport } from '../passes/passes.ts'
import { optimizeSteps } from '../passes/step-passes.ts'
import { Constants } from './constants.ts'
import type { Draft } from './draft.ts'
import { infer } from './infer.ts'
import { place } from './place.ts'
import { Values } from './values.ts'

export interface InputShape {
  readonly shape: readonly number[]
  /** The numbers, where they are to be taken as known: those of inputs that say shapes. */
  readonly data?: OpStorage
}

export interface Specialized {
  readonly program: Program
  /** What the program's places and steps number. */
  readonly constants: readonly ProgramConstant[]
}

export interface SpecializeOptions {
  /** What a run gains where a chain is one step: 0 where it is none, as by default. */
  readonly chainGain?: ((chain: ChainDescriptor) => number) | undefined
  /** Told what each pass over the steps did. */
  readonly onPass?: ((report: PassReport) => void) | undefined
}

/**
 * @param inputs by name: those of the graph, all of them
 * @throws MODEL when the network cannot take these shapes; `details.value` names a value that must be known, where that is why
 */
export function specialize(
  graph: Graph,
  inputs: Readonly<Record<string, InputShape>>,
  { chainGain = () => 0, onPass }: SpecializeOptions = {},
): Specialized {
  const values = new Values()
  for (const port of graph.inputs) enter(values, port, inputs[port.name])
  const outputs = graph.outputs.map(({ name }) => name)
  const drafts = infer(graph, values)
  const missing = outputs.find((name) => values.get(name) === undefined)
  if (missing !== undefined) throw new WeftError('MODEL', `nothing computes the output '${missing}': its node leaves it out`)
  const steps = needed(optimizeSteps(drafts, { outputs, values, chainGain }, onPass), outputs, values)
  const constants = new Constants()
  return { program: place(graph, values, steps, constants), constants: constants.list }
}

function enter(values: Values, port: Port, input: InputShape | undefined): void {
  if (input === undefined) throw new WeftError('SHAPE', `input '${port.name}' is missing`)
  const { shape, data } = input
  const fits =
    port.shape === null ||
    (port.shape.length === shape.length && port.shape.every((d, i) => typeof d !== 'number' || d === shape[i]))
  if (!fits) {
    const wanted = port.shape?.map((d) => d ?? '?').join(', ')
    throw new WeftError('SHAPE', `input '${port.name}' has shape ${formatShape(shape)}; the model takes (${wanted})`, { shape })
  }
  if (data === undefined) values.computed(port.name, { dtype: port.dtype, shape })
  else values.known(port.name, { dtype: port.dtype, shape, data })
}

/** The steps whose results an output depends on. */
function needed(drafts: readonly Draft[], outputs: readonly string[], values: Values): Draft[] {
  const wanted = new Set<string>()
  const want = (name: string) => {
    const value = values.get(name)
    if (value !== undefined && value.known === null) wanted.add(value.root)
  }
  outputs.forEach(want)
  const steps: Draft[] = []
  for (const draft of drafts.toReversed()) {
    if (!draft.outputs.some((name) => wanted.has(name))) continue
    draft.inputs.forEach(want)
    steps.push(draft)
  }
  return steps.reverse()
}
