// Shape inference and partial evaluation: a graph and the shapes of its inputs to the steps that must run.
import { opNamed, planOp, WeftError } from '@weft/core'
import { describeNode, type Graph, type Node } from '../graph/graph.ts'
import type { ConvStep, OpStep } from '../operators/operator.ts'
import { adaptNode, unknownInput } from './adapt.ts'
import type { ConvDraft, Draft, OpDraft } from './draft.ts'
import { EvaluationBudget, evaluate } from './evaluate.ts'
import type { Value, Values } from './values.ts'

/**
 * The steps of a graph, in order; none whose outputs are known, and none that only give a value another shape.
 * @param values holds the inputs of the graph, and gets all other values
 * @throws MODEL, SHAPE, DTYPE or OPTION, in a sentence that names the node
 */
export function infer(graph: Graph, values: Values): Draft[] {
  const budget = new EvaluationBudget(graph.constants.values())
  for (const [name, constant] of graph.constants) values.known(name, constant)
  const drafts: Draft[] = []
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? null : lookup(values, name, node)))
    const step = adaptNode(node, graph.opset, inputs)
    if (step.kind === 'known') {
      step.outputs.forEach((constant, i) => node.outputs[i] && values.known(node.outputs[i], constant))
    } else if (step.kind === 'view') {
      step.views.forEach((view, i) => node.outputs[i] && values.view(node.outputs[i], inputs[step.input] as Value, view))
    } else {
      const draft = step.kind === 'conv' ? draftConv(node, step, inputs, values) : draftOp(node, step, inputs, values, budget)
      if (draft !== null) drafts.push(draft)
    }
  }
  return drafts
}

function lookup(values: Values, name: string, node: Node): Value {
  const value = values.get(name)
  if (value === undefined) throw new WeftError('MODEL', `${describeNode(node)} uses '${name}', which its maker leaves out`)
  return value
}

function draftConv(node: Node, step: ConvStep, inputs: readonly (Value | null)[], values: Values): ConvDraft {
  const { descriptor, data, shape = descriptor.yShape } = step
  const [x, weight, bias] = data.map((i) => (i < 0 ? null : (inputs[i] ?? null)))
  for (const value of [x, weight, bias]) {
    if (value && value.info.dtype !== 'float32') {
      throw new WeftError('DTYPE', `${describeNode(node)} convolves float32, and has an input of ${value.info.dtype}`)
    }
  }
  const packed = step.weight ?? weight?.known
  if (!packed) throw unknownInput(node, data[1])
  if (bias && !bias.known) throw unknownInput(node, data[2])
  values.computed(node.outputs[0], { dtype: 'float32', shape })
  return {
    kind: 'conv',
    node,
    descriptor,
    weight: packed,
    bias: step.bias ?? bias?.known ?? null,
    inputs: [node.inputs[data[0]]],
    outputs: [node.outputs[0]],
  }
}

/** null where the outputs are known already. */
function draftOp(
  node: Node,
  { op, params, data }: OpStep,
  inputs: readonly (Value | null)[],
  values: Values,
  budget: EvaluationBudget,
): OpDraft | null {
  const operands = data.map((i) => (i < 0 ? null : (inputs[i] ?? null)))
  const plan = named(node, () =>
    planOp(
      op,
      operands.map((value) => value?.info ?? null),
      params,
    ),
  )
  const counted = opNamed(op).counted === true
  if (!counted && operands.every((value) => value === null || value.known !== null) && budget.allows(plan)) {
    const results = evaluate(
      plan,
      operands.map((value) => value?.known ?? null),
    )
    results.forEach((constant, i) => node.outputs[i] && values.known(node.outputs[i], constant))
    return null
  }
  const outputs = plan.outputs.map((_, i) => node.outputs[i] || unread(node, i))
  if (counted) outputs[outputs.length - 1] = countOf(node.outputs[0])
  plan.outputs.forEach((info, i) => values.computed(outputs[i], info))
  return { kind: 'op', node, plan, inputs: data.map((i) => node.inputs[i] ?? ''), outputs }
}

/** The value that holds how many rows of another count. No name of a file has a zero character. */
export function countOf(name: string): string {
  return `${name}\0count`
}

/** A name for an output that the node leaves out: its step writes it all the same. */
function unread(node: Node, i: number): string {
  return `\0${node.id}/${i}`
}

function named<T>(node: Node, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof WeftError)) throw error
    throw new WeftError(error.code, `${describeNode(node)}: ${error.message}`, error.details, { cause: error })
  }
}
