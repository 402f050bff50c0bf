// Every ONNX operator that there is an adapter for.
import { conv } from './conv.ts'
import type { Operator } from './operator.ts'

const OPERATORS: readonly Operator[] = [conv]

const BY_TYPE = new Map(OPERATORS.flatMap((operator) => operator.opTypes.map((type) => [type, operator] as const)))

/** The adapter of an operator of ONNX's own domain. */
export function operatorOf(opType: string, domain: string): Operator | undefined {
  return domain === '' || domain === 'ai.onnx' ? BY_TYPE.get(opType) : undefined
}
