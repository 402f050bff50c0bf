// Steps and values to a Program: every value gets its bytes.
import { type Place, type Program, type ProgramPort, type ProgramStep, WeftError } from '@weft/core'
import { describeNode, type Graph } from '../graph/graph.ts'
import type { Constants } from './constants.ts'
import type { ConvDraft, Draft } from './draft.ts'
import { withoutConcats } from './homes.ts'
import { countOf } from './infer.ts'
import { lifetimes } from './lifetimes.ts'
import { planMemory } from './memory.ts'
import type { Values } from './values.ts'

/** @param drafts those that must run, in order */
export function place(graph: Graph, values: Values, drafts: readonly Draft[], constants: Constants): Program {
  const { steps, homes } = withoutConcats(drafts, values)
  const lives = lifetimes(graph, values, steps, homes)
  const names = [...lives.keys()]
  const { offsets, bytes } = planMemory([...lives.values()])
  const offsetOf = new Map(names.map((name, i) => [name, offsets[i]]))

  const placeOf = (name: string): Place => {
    const value = values.get(name)
    if (value === undefined) throw new WeftError('INTERNAL', `value '${name}' was lost`)
    if (value.known !== null) return { info: value.info, where: 'constant', at: constants.numberOf(value.known) }
    const home = homes.of(value.root)
    return { info: value.info, where: 'memory', at: (offsetOf.get(home.root) ?? 0) + home.at + value.at }
  }
  const port = (name: string): ProgramPort => {
    const count = countOf(values.wholeRoot(name) ?? name)
    return { name, place: placeOf(name), ...(values.get(count) === undefined ? {} : { count: placeOf(count) }) }
  }
  const weightsOf = ({ weight, bias }: ConvDraft) => ({
    weight: constants.numberOf(weight),
    bias: bias === null ? null : constants.numberOf(bias),
  })
  return {
    inputs: graph.inputs.map(({ name }) => port(name)),
    outputs: graph.outputs.map(({ name }) => port(name)),
    steps: steps.map((draft): ProgramStep => {
      const name = describeNode(draft.node)
      const inputs = draft.inputs.map((input) => (input === '' ? null : placeOf(input)))
      if (draft.kind === 'op') return { kind: 'op', name, plan: draft.plan, inputs, outputs: draft.outputs.map(placeOf) }
      const [x, residual = null] = inputs as Place[]
      const y = placeOf(draft.outputs[0])
      if (draft.kind === 'conv') return { kind: 'conv', name, descriptor: draft.descriptor, x, ...weightsOf(draft), residual, y }
      return { kind: 'chain', name, descriptor: draft.descriptor, x, weights: draft.convs.map(weightsOf), residual, y }
    }),
    bytes,
  }
}
