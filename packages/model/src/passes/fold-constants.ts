// Nodes whose inputs are all known become constants: Constant itself, and arithmetic on what is constant.
import { opNamed, planOp } from '@weft/core'
import { GraphEdit } from '../graph/edit.ts'
import type { Constant, Graph, Node } from '../graph/graph.ts'
import { adaptNode } from '../specialize/adapt.ts'
import { EvaluationBudget, evaluate } from '../specialize/evaluate.ts'
import { viewOf } from '../specialize/values.ts'

export function foldConstants(graph: Graph): number {
  const edit = new GraphEdit(graph)
  const budget = new EvaluationBudget(graph.constants.values())
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? null : edit.constant(name)))
    if (!inputs.every((input) => input !== undefined)) continue
    const results = resultsOf(node, inputs, graph.opset, budget)
    if (results !== null) edit.replaceByConstants(node, results)
  }
  return edit.done()
}

/** null for what is computed at run time after all: convolutions, and results that are too large. */
function resultsOf(
  node: Node,
  inputs: readonly (Constant | null)[],
  opset: number,
  budget: EvaluationBudget,
): readonly Constant[] | null {
  const step = adaptNode(
    node,
    opset,
    inputs.map((known, i) => known && { info: { dtype: known.dtype, shape: known.shape }, known, root: node.inputs[i], at: 0 }),
  )
  if (step.kind === 'known') return step.outputs
  if (step.kind === 'view') {
    const of = inputs[step.input]
    return of && step.views.map((view) => viewOf(of, view))
  }
  if (step.kind === 'conv' || opNamed(step.op).counted) return null
  const operands = step.data.map((i) => (i < 0 ? null : (inputs[i] ?? null)))
  const plan = planOp(
    step.op,
    operands.map((known) => known && { dtype: known.dtype, shape: known.shape }),
    step.params,
  )
  return budget.allows(plan) ? evaluate(plan, operands) : null
}
