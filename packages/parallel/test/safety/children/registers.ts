// Every kernel function, called with sentinels in the registers that it must give back.
import { ACTIVATIONS, describeConv, TIERS, type TierName } from '@weft/core'
import { tileOf } from '../../../../core/src/kernels/tile.ts'
import { operandsOf, runOracle } from '../../../../core/test/run-kernel.ts'
import { NativeCompiler } from '../../../src/native/code.ts'
import { native } from '../../../src/native/native.ts'
import { type Case, caseOf, EDGES, edgeCase, needsMatrixUnit, picker } from '../cases.ts'
import { wrong } from '../compare.ts'
import { culprits, everyRegister } from '../culprits.ts'
import { CONTROL, GuardedMemory } from '../guarded.ts'
import { KernelRunner, kernelsFor, workOf } from '../kernel-run.ts'
import { configuration, say } from '../say.ts'
import { guardCalls } from '../sentinels.ts'
import { Watch } from '../watch.ts'

export interface RegistersConfig {
  readonly tier: TierName
  readonly seed: number
  readonly count: number
}

const { tier, seed, count } = configuration<RegistersConfig>()
const here = native()
if (typeof here === 'string') say({ skipped: here })
else {
  const ground = new GuardedMemory(here.addon)
  const call = guardCalls(here.addon, ground.memory, CONTROL + 1024, TIERS[tier].traits.matrix)
  say({ noticed: culprits(here.addon, ground.memory, call, CONTROL + 1024, TIERS[tier].traits.matrix) })
  const all = new NativeCompiler(here.addon, TIERS[tier], ground.memory).compile([everyRegister])
  const kept = call(all.get(everyRegister.name) as number, CONTROL)
  if (kept !== null)
    say({ failed: 0, name: everyRegister.name, why: kept, text: 'a kernel that uses all registers that there are' })
  const watch = new Watch(call, ground, TIERS[tier].traits)
  const runner = new KernelRunner(tier, ground, here.addon, watch.wrap)
  for (const one of [...everyTile(), ...Array.from({ length: count }, (_, index) => caseOf(seed, index))]) {
    check(one, runner, watch)
  }
  if (TIERS[tier].traits.matrix) for (const index of EDGES.keys()) check(edgeCase(index), runner, watch, true)
  say({ calls: watch.calls, functions: [...runner.functions.keys()] })
}

/** @param ofMatrixUnit whether only kernels are tried that need one */
function check({ index, descriptor: d, text }: Case, runner: KernelRunner, watch: Watch, ofMatrixUnit = false): void {
  const operands = operandsOf(d, index)
  const expected = runOracle(d, operands)
  for (const kernel of kernelsFor(d, tier)) {
    if (ofMatrixUnit && !needsMatrixUnit(kernel, d)) continue
    const pick = picker(seed, index)
    const work = workOf(kernel, d, tier, pick(1, 4))
    watch.expect(work)
    try {
      say({ at: index, name: kernel.name, text })
      const fault = wrong(d, runner.run(work, operands, { flush: 'end', pick }), expected, kernel)
      if (fault !== null) throw new Error(fault)
    } catch (error) {
      say({ failed: index, name: kernel.name, text, why: error instanceof Error ? error.message : String(error) })
    }
  }
}

/** Every height of tile with every activation, staged with a stride and padding that is no zero, and as it lies. */
function everyTile(): Case[] {
  const rows = Array.from({ length: tileOf(TIERS[tier].traits).rows }, (_, index) => index + 1)
  return rows.flatMap((oc) =>
    ACTIVATIONS.flatMap((kind) => {
      const activation = kind === 'clip' ? { kind, min: -1, max: 1 } : kind === 'leakyRelu' ? { kind, negativeSlope: 0.1 } : kind
      return [true, false].flatMap((residual) => {
        const options = { activation, residual, padding: 1, paddingMode: 'reflect', stride: 2 } as const
        return [
          describeConv([3, 9, 40], [oc, 3, 3, 3], true, options),
          describeConv([3, 9, 40], [oc, 3, 3, 3], true, { activation, residual, padding: 1 }),
          describeConv([3, 9, 64], [oc, 3, 1, 1], true, { activation, residual }),
        ].map((descriptor): Case => ({ index: -oc, descriptor, text: `${oc} channels, residual ${residual}, ${kind}` }))
      })
    }),
  )
}
