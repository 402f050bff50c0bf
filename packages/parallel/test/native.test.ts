// Machine code against PyTorch's stored results and the oracle, on the tiers that this processor has.
import { readFileSync } from 'node:fs'
import { ACTIVATIONS, describeChain, describeConv, describeConvTranspose, KERNELS, LocalLayer, sizeOf, TIERS } from '@weft/core'
import { openWorkspace } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import { kernelNamed } from '../../core/src/kernels/registry.ts'
import { tileOf } from '../../core/src/kernels/tile.ts'
import { answerOf, checksum, KNOWN } from '../../core/src/known-answers.ts'
import { acrossCases } from '../../core/test/across-cases.ts'
import { chainCases } from '../../core/test/chain-cases.ts'
import { depthwiseCases } from '../../core/test/depthwise-cases.ts'
import { directCases } from '../../core/test/direct-cases.ts'
import { fewCases, manyUnits } from '../../core/test/few-cases.ts'
import { laneMoves, movedLanes, moveLanes } from '../../core/test/lane-moves.ts'
import { panelCases } from '../../core/test/panel-cases.ts'
import { planesCases } from '../../core/test/planes-cases.ts'
import { chainOperandsOf, runApart, runChain } from '../../core/test/run-chain.ts'
import { operandsOf, runKernel, runOracle, worstError } from '../../core/test/run-kernel.ts'
import { checkUnits } from '../../core/test/run-units.ts'
import { sumsCases } from '../../core/test/sums-cases.ts'
import { torchCases } from '../../core/test/torch-cases.ts'
import { winogradCases } from '../../core/test/winograd-cases.ts'
import { verifyNative } from '../src/native/native.ts'

/** What the processor says of itself, asked another way than the product asks. */
function flags(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return ''
  return readFileSync('/proc/cpuinfo', 'utf8')
}
const HAS = {
  avx2: / avx2 /.test(flags()) && / fma /.test(flags()),
  avx512: / avx512dq /.test(flags()),
  amx: / amx_bf16 /.test(flags()) && / amx_tile[ \n]/.test(flags()),
}

describe.each(['avx2', 'avx512', 'amx'] as const)('machine code, %s', (tier) => {
  it.skipIf(!HAS[tier])('verifies where the processor has it', () => {
    const but = TIERS[tier].traits.matrix ? ' but for the matrix unit' : ''
    expect(verifyNative(tier)).toMatchObject({ trusted: true, reason: `known answers verified, bits equal to relaxed${but}` })
  })

  it.skipIf(!HAS[tier])('gives the bits of every known answer', () => {
    const { workspace, close } = openWorkspace(tier)
    for (const known of KNOWN) {
      const d = describeConv(known.x, known.weight, true, known.options)
      for (const [kernel, bits] of Object.entries(known.bits)) {
        if (kernelNamed(kernel).refuses(d, TIERS[tier].traits) !== null) continue
        expect(checksum(answerOf(d, workspace, kernel)), `${kernel} ${known.x} * ${known.weight}`).toBe(bits)
      }
    }
    close()
  })

  it.skipIf(!HAS[tier])('gives what PyTorch gives in every stored case', () => {
    const { workspace, close } = openWorkspace(tier)
    for (const { name, descriptor, x, weight, bias, expected, exact } of torchCases()) {
      for (const kernel of KERNELS.filter(({ refuses }) => refuses(descriptor, TIERS[tier].traits) === null)) {
        const y = new Float32Array(expected.size).fill(Number.NaN)
        new LocalLayer(descriptor, weight, bias, { tier: workspace, kernel: kernel.name }).run(x.data, y)
        const worst = y.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i])), 0)
        expect(y.some(Number.isNaN), `${name}, ${kernel.name}: an output was not written`).toBe(false)
        const strict = kernel.refuses({ ...descriptor, numerics: 'strict' }, TIERS[tier].traits) === null
        expect(worst, `${name}, ${kernel.name}`).toBeLessThanOrEqual(strict ? (exact ? 0 : 1e-6) : kernel.error)
      }
    }
    close()
  })

  it.skipIf(!HAS[tier])('moves some lanes of a vector, and touches no memory beside theirs', () => {
    const { workspace, close } = openWorkspace(tier)
    const { traits } = TIERS[tier]
    for (const lanes of traits.masks ? [traits.lanes / 2, traits.lanes] : [traits.lanes]) {
      const machine = { ...traits, lanes, matrix: false }
      const moves = { ...laneMoves, name: `${laneMoves.name}-${lanes}`, traits: machine }
      const call = workspace.callables([moves]).get(moves.name) as (args: number) => void
      expect(moveLanes(workspace.memory, machine, call)).toEqual(movedLanes(machine))
    }
    close()
  })

  it.skipIf(!HAS[tier]).each([
    ['f32-depthwise', [4, 8, 16].flatMap(depthwiseCases)],
    ['f32-direct', [4, 8, 16].flatMap(directCases)],
    ['f32-planes', [8, 16].flatMap(planesCases)],
    ['f32-winograd-4x4-3x3', [...acrossCases(), ...fewCases()]],
  ] as const)('is right around every edge of %s, with the bits of the relaxed tier', (kernel, cases) => {
    const { workspace, close } = openWorkspace(tier)
    for (const d of cases) {
      const operands = operandsOf(d)
      const text = `${d.xShape} * ${d.weightShape}`
      const y = new Float32Array(sizeOf(d.yShape)).fill(Number.NaN)
      new LocalLayer(d, operands.weight, operands.bias, { tier: workspace, kernel }).run(
        operands.x.data,
        y,
        operands.residual?.data,
      )
      expect(worstError(y, runOracle(d, operands)), text).toBeLessThan(1e-5)
      expect(y, text).toEqual(runKernel(d, operands, 'relaxed', kernel))
    }
    close()
  })

  it.skipIf(!HAS[tier])(
    'stages and stores tiles right around every edge of Winograd kernels, with the bits of the relaxed tier',
    () => {
      const { workspace, close } = openWorkspace(tier)
      for (const { kernel, d } of winogradCases()) {
        const operands = operandsOf(d)
        const text = `${kernel} ${d.xShape} * ${d.weightShape}, ${d.before} before, ${d.dilation} apart`
        const y = new Float32Array(sizeOf(d.yShape)).fill(Number.NaN)
        const layer = new LocalLayer(d, operands.weight, operands.bias, { tier: workspace, kernel })
        layer.run(operands.x.data, y, operands.residual?.data)
        expect(worstError(y, runOracle(d, operands)), text).toBeLessThan(1e-4)
        expect(y, text).toEqual(runKernel(d, operands, 'relaxed', kernel))
      }
      close()
    },
  )

  it.skipIf(!HAS[tier]).each([
    ['Winograd of many filters', sumsCases().map((d) => ({ kernel: 'f32-winograd-4x4-3x3', d }))],
    ['panels of tiles that are copied together', panelCases(16)],
  ] as const)('computes %s with the bits of the relaxed tier', (_, cases) => {
    const { workspace, close } = openWorkspace(tier)
    for (const { kernel, d } of cases) {
      const operands = operandsOf(d)
      const y = new Float32Array(sizeOf(d.yShape)).fill(Number.NaN)
      const layer = new LocalLayer(d, operands.weight, operands.bias, { tier: workspace, kernel })
      layer.run(operands.x.data, y, operands.residual?.data)
      expect(y, `${kernel} ${d.xShape} * ${d.weightShape}`).toEqual(runKernel(d, operands, 'relaxed', kernel))
    }
    close()
  })

  it.skipIf(!HAS[tier])('computes Winograd of few tiles unit by unit, in any order', () => {
    const { workspace, close } = openWorkspace(tier)
    for (const d of manyUnits()) checkUnits(workspace, d, 'f32-winograd-4x4-3x3', 3)
    close()
  })

  it.skipIf(!HAS[tier])('computes chains around every edge with the bits of their convolutions, and of the relaxed tier', () => {
    const { workspace, close } = openWorkspace(tier)
    const { traits } = TIERS[tier]
    for (const convs of chainCases({ lanes: traits.lanes, rows: tileOf(traits).rows })) {
      const chain = describeChain(convs)
      const operands = chainOperandsOf(chain)
      const apart = runApart(convs, operands, workspace)
      const text = convs.map(({ xShape, weightShape }) => `${xShape} * ${weightShape}`).join(', ')
      for (const workers of [1, 2, 5]) {
        expect(runChain(chain, operands, workspace, workers).y, `${text}, ${workers} workers`).toEqual(apart)
        expect(runChain(chain, operands, workspace, workers, true).y, `${text}, together`).toEqual(apart)
      }
      expect(apart, text).toEqual(runApart(convs, operands, 'relaxed'))
    }
    close()
  })

  it.skipIf(!HAS[tier]).each(ACTIVATIONS)('adds a residual before the activation %s, in every kernel', (activation) => {
    const { workspace, close } = openWorkspace(tier)
    const shapes = [
      [[6, 12, 13], [7, 6, 3, 3], 1],
      [[6, 40, 41], [7, 6, 3, 3], 1],
      [[3, 13, 12], [5, 3, 5, 5], 2],
      [[6, 9, 10], [7, 6, 1, 1], 0],
    ] as const
    const problems = shapes.map(([x, weight, padding]) => describeConv(x, weight, true, { padding, activation, residual: true }))
    problems.push(describeConv([6, 12, 13], [6, 1, 3, 3], true, { padding: 1, groups: 6, activation, residual: true }))
    for (const d of problems) {
      const operands = operandsOf(d)
      const expected = runOracle(d, operands)
      for (const { name, error } of KERNELS.filter(({ refuses }) => refuses(d, TIERS[tier].traits) === null)) {
        const y = new Float32Array(sizeOf(d.yShape)).fill(Number.NaN)
        const layer = new LocalLayer(d, operands.weight, operands.bias, { tier: workspace, kernel: name })
        layer.run(operands.x.data, y, operands.residual?.data)
        expect(worstError(y, expected), `${name} ${d.xShape} * ${d.weightShape}`).toBeLessThan(error)
      }
    }
    close()
  })

  it.skipIf(!HAS[tier])('is within its error of the oracle around every tile edge', () => {
    const { workspace, close } = openWorkspace(tier)
    const { lanes } = TIERS[tier].traits
    const problems = [1, 2, 3, 5, 6, 7, 8, 9, 10, 12, 13, 17, 18, 19].flatMap((oc) => [
      describeConv([5, 9, 11], [oc, 5, 3, 3], true, { padding: 1 }),
      describeConv([5, 9, 16], [oc, 5, 1, 1], true, { activation: 'sigmoid' }),
    ])
    for (const ow of [
      lanes - 1,
      lanes,
      lanes + 1,
      2 * lanes,
      2 * lanes + 1,
      3 * lanes - 1,
      3 * lanes,
      3 * lanes + 1,
      4 * lanes + 1,
    ]) {
      problems.push(describeConv([3, 4, ow], [9, 3, 3, 3], true, { padding: 1, activation: 'hardSwish' }))
      problems.push(describeConv([3, ow], [9, 3, 1], true))
    }
    problems.push(describeConvTranspose([17, 29, 4], [17, 17, 1, 1], true, { stride: [2, 1], padding: 1, outputPadding: [1, 0] }))
    for (const d of problems) {
      const operands = operandsOf(d)
      const expected = runOracle(d, operands)
      for (const kernel of KERNELS.filter(({ refuses }) => refuses(d, TIERS[tier].traits) === null)) {
        const y = new Float32Array(expected.y.length).fill(Number.NaN)
        new LocalLayer(d, operands.weight, operands.bias, { tier: workspace, kernel: kernel.name }).run(operands.x.data, y)
        expect(worstError(y, expected), `${d.xShape} * ${d.weightShape}, ${kernel.name}`).toBeLessThan(kernel.error)
      }
    }
    close()
  })
})
