import { readFileSync } from 'node:fs'
import type { OpDType, OpParams } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { eighths } from '../torch-cases.ts'
import { float, runOp } from './run-op.ts'

interface TorchOp {
  readonly name: string
  readonly op: string
  readonly params: OpParams
  readonly inputs: readonly { shape: number[]; seed: number }[]
  readonly outputs: readonly { dtype: OpDType; shape: number[]; data: number[] }[]
}

const file = readFileSync(new URL('../fixtures/torch-ops.json', import.meta.url), 'utf8')
const cases: TorchOp[] = JSON.parse(file)
const inputsOf = ({ inputs }: TorchOp) => inputs.map(({ shape, seed }) => float(shape, Array.from(eighths(shape, seed).data)))

describe('an operator', () => {
  it.each(cases)('gives what PyTorch gives: $name', (stored) => {
    const got = runOp(stored.op, inputsOf(stored), stored.params)
    stored.outputs.forEach(({ dtype, shape, data }, i) => {
      expect(got[i].dtype).toBe(dtype)
      expect(got[i].shape).toEqual(shape)
      const worst = data.reduce(
        (most, wanted, at) => Math.max(most, Math.abs(got[i].data[at] - wanted) / (1 + Math.abs(wanted))),
        0,
      )
      expect(worst).toBeLessThan(dtype === 'float32' ? 2e-6 : Number.MIN_VALUE)
    })
  })

  it.each(cases)('gives the same bits however its units are cut: $name', (stored) => {
    const inputs = inputsOf(stored)
    const backwards = (units: number) => Array.from({ length: units }, (_, i) => [units - 1 - i, units - i] as const)
    const halves = (units: number) => [[Math.ceil(units / 2), units] as const, [0, Math.ceil(units / 2)] as const]
    const whole = runOp(stored.op, inputs, stored.params)
    expect(runOp(stored.op, inputs, stored.params, backwards)).toEqual(whole)
    expect(runOp(stored.op, inputs, stored.params, halves)).toEqual(whole)
  })
})
