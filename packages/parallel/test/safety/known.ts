// A convolution whose result is known beforehand: the oracle's, for any tier.
import { type ConvOptions, describeConv } from '@weft/core'
import type { Engine } from '@weft/parallel'
import { operandsOf, runOracle } from '../../../core/test/run-kernel.ts'
import { wrong } from './compare.ts'

const PROBLEMS: readonly { x: readonly number[]; weight: readonly number[]; options: ConvOptions }[] = [
  { x: [2, 7, 19, 23], weight: [9, 7, 3, 3], options: { padding: 1, activation: 'relu' } },
  { x: [12, 16, 16], weight: [20, 12, 1, 1], options: {} },
  { x: [6, 15, 14], weight: [6, 1, 3, 3], options: { padding: 1, stride: 2, groups: 6, paddingMode: 'reflect' } },
]

/** What an engine gets wrong, in words; null where everything is right. */
export async function wrongOf(engine: Engine, seed = 1, problems = PROBLEMS): Promise<string | null> {
  for (const { x, weight, options } of problems) {
    const d = describeConv(x, weight, true, options)
    const operands = operandsOf(d, seed)
    const y = await engine.conv(operands.x, { ...options, weight: operands.weight, bias: operands.bias })
    const fault = wrong(d, y.data, runOracle(d, operands))
    if (fault !== null) return `${JSON.stringify({ x, weight, options })}: ${fault}`
  }
  return null
}

/** The first of them alone. */
export const wrongOfOne = (engine: Engine, seed = 1): Promise<string | null> => wrongOf(engine, seed, PROBLEMS.slice(0, 1))
