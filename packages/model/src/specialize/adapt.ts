// A node, with what is known of its inputs, to what core does.
import { formatShape, sizeOf, WeftError } from '@weft/core'
import { describeNode, type Node } from '../graph/graph.ts'
import type { AdaptContext, AdaptedStep, View } from '../operators/operator.ts'
import { operatorOf } from '../operators/registry.ts'
import type { Value } from './values.ts'

/** A shape tensor is short: more numbers than this do not say where data goes. */
const MOST_NUMBERS = 2 ** 16

/**
 * @param inputs those of the node, in order; null where one is left out
 * @throws MODEL; its `details.value` names the value that must be known, where that is what is missing
 */
export function adaptNode(node: Node, opset: number, inputs: readonly (Value | null)[]): AdaptedStep {
  const operator = operatorOf(node.opType, node.domain)
  if (operator === undefined) throw new WeftError('MODEL', `there is no operator for ${describeNode(node)}`)
  try {
    const step = operator.adapt(node, contextOf(node, opset, inputs))
    if (step.kind === 'view') for (const view of step.views) checkView(node, view, inputs[step.input] ?? null)
    return step
  } catch (error) {
    if (!(error instanceof WeftError) || error.message.includes(describeNode(node))) throw error
    throw new WeftError(error.code, `${describeNode(node)}: ${error.message}`, error.details, { cause: error })
  }
}

function contextOf(node: Node, opset: number, inputs: readonly (Value | null)[]): AdaptContext {
  const constant = (i: number): readonly number[] | null => {
    const known = inputs[i]?.known
    return known && known.data.length <= MOST_NUMBERS ? Array.from(known.data) : null
  }
  return {
    opset,
    inputs: inputs.map((value) => value?.info ?? null),
    constant,
    known: (i) => inputs[i]?.known ?? null,
    needs(i) {
      const numbers = constant(i)
      if (numbers === null) throw unknownInput(node, i)
      return numbers
    },
  }
}

/** The error of an input that must be known before anything runs. */
export function unknownInput(node: Node, i: number): WeftError {
  const value = node.inputs[i] ?? ''
  return new WeftError('MODEL', `${describeNode(node)} needs the numbers of its input ${i}, '${value}', before the run`, {
    value,
  })
}

function checkView(node: Node, { from, shape }: View, of: Value | null): void {
  if (of === null || from < 0 || from + sizeOf(shape) > sizeOf(of.info.shape)) {
    throw new WeftError(
      'SHAPE',
      `${describeNode(node)} cannot give ${formatShape(of?.info.shape ?? [])} the shape ${formatShape(shape)}`,
    )
  }
}
