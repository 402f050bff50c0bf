// Random convolutions on tiers of machine code or WebAssembly, in guarded memory, against the oracle.
import { describeConv, TIERS, type TierName } from '@weft/core'
import { operandsOf, runOracle } from '../../../../core/test/run-kernel.ts'
import { native } from '../../../src/native/native.ts'
import { type Case, caseOf, edgeCase, made, needsMatrixUnit, picker } from '../cases.ts'
import { wrong } from '../compare.ts'
import { tellFaults } from '../fault.ts'
import { type Flush, GuardedMemory, type Operand } from '../guarded.ts'
import { KernelRunner, kernelsFor, workOf } from '../kernel-run.ts'
import { PAST } from '../past.ts'
import { configuration, say } from '../say.ts'

export interface GuardConfig {
  readonly tiers: readonly TierName[]
  readonly seed: number
  readonly from: number
  readonly count: number
  /** Instead of random ones those around the edges of the kernels that need a matrix unit, for those alone. */
  readonly edges?: boolean
  /** Instead of all that one convolution, with an operand that is placed a float too small. */
  readonly short?: { readonly operand: Operand; readonly flush: Flush }
}

const { tiers, seed, from, count, edges = false, short } = configuration<GuardConfig>()
const here = native()
if (typeof here === 'string') say({ skipped: here })
else {
  const ground = new GuardedMemory(here.addon)
  const runners = tiers.map((tier) => new KernelRunner(tier, ground, here.addon))
  if (tiers.every((tier) => TIERS[tier].kind === 'native')) tellFaults(here.addon, ground.memory)
  const ran: Record<string, number> = {}
  const cases = short === undefined ? Array.from({ length: count }, (_, i) => caseAt(from + i)) : [everyOperand()]
  for (const one of cases) check(one, ground, runners, ran)
  say({ done: count, ran })
}

function check(one: Case, ground: GuardedMemory, runners: readonly KernelRunner[], ran: Record<string, number>): void {
  const { index, descriptor: d, text } = one
  const operands = operandsOf(d, index)
  const expected = runOracle(d, operands)
  for (const runner of runners) {
    let name = runner.tier as string
    const failed = (why: string) => say({ failed: index, name, text, why })
    const ready = () => {
      const functions = runner.newFunctions()
      if (functions !== null) say({ functions })
      say({ at: index, name, text, regions: ground.regions })
    }
    try {
      for (const kernel of kernelsFor(d, runner.tier)) {
        if (edges && !needsMatrixUnit(kernel, d)) continue
        for (const flush of short === undefined ? (['end', 'begin'] as const) : [short.flush]) {
          name = `${runner.tier} ${kernel.name} flush to the ${flush}`
          const pick = picker(seed, index)
          const y = runner.run(workOf(kernel, d, runner.tier, pick(1, 4)), operands, {
            flush,
            pick,
            short: short?.operand,
            ready,
          })
          const fault = wrong(d, y, expected, kernel)
          if (fault !== null) failed(fault)
          ran[kernel.name] = (ran[kernel.name] ?? 0) + 1
        }
      }
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error))
    }
  }
}

/** Those below zero are known from the past. */
function caseAt(index: number): Case {
  if (edges) return edgeCase(index)
  if (index >= 0) return caseOf(seed, index)
  return { index, ...made(PAST[PAST.length + index]) }
}

/** Of more output channels than the planes kernel takes, and strict, so that it is not Winograd's either, which may share nothing; staged, its rows copied out of lines: every operand is used to its last float. */
function everyOperand(): Case {
  const descriptor = describeConv([8, 17, 17], [10, 8, 3, 3], true, { padding: 1, stride: 2, residual: true, numerics: 'strict' })
  return { index: from, descriptor, text: 'one convolution that uses every operand' }
}
