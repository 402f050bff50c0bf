// The units of a plan one by one, in any order: each gives the same, whatever was done before it.
import { type ConvDescriptor, LocalLayer, Staged, select, sizeOf, TIERS, type Workspace } from '@weft/core'
import { expect } from 'vitest'
import { operandsOf } from './run-kernel.ts'

const NEVER = () => false

/** Expects the bits of a local layer of a batch of two, of every order of units. @param workers that the plan is made for */
export function checkUnits(workspace: Workspace, d: ConvDescriptor, name: string, workers = 1): void {
  const { weight, bias } = operandsOf(d)
  const both = [1, 2].map((seed) => operandsOf(d, seed))
  const expected = both.map(({ x, residual }) => {
    const y = new Float32Array(sizeOf(d.yShape)).fill(Number.NaN)
    new LocalLayer(d, weight, bias, { tier: workspace, kernel: name }).run(x.data, y, residual?.data)
    return y
  })
  const { kernel, plan } = select(d, TIERS[workspace.tier].traits, name, workers)
  const [xItem, yItem] = [sizeOf(d.xShape), sizeOf(d.yShape)].map((size) => (4 * size) / 2)
  let end = 1024
  const place = (bytes: number) => {
    const at = end
    end += Math.ceil(bytes / 64) * 64
    return at
  }
  const [x, y, residual] = [place(2 * xItem), place(2 * yItem), place(2 * yItem)]
  const [packed, own, ...shared] = [plan.packedBytes, plan.privateBytes, plan.sharedBytes, plan.sharedBytes].map(place)
  workspace.tenant = null
  workspace.reserve(end)
  const { buffer } = workspace.memory
  new Float32Array(buffer, 1024, (end - 1024) / 4).fill(Number.NaN)
  kernel.pack(plan, weight.data, bias?.data ?? null, buffer, packed)
  const run = kernel.runner(plan, workspace.callables(kernel.functions(plan)), buffer)
  const results = new Float32Array(buffer, y, sizeOf(d.yShape))
  const units = plan.steps.flatMap((step, index) => Array.from({ length: step.units }, (_, unit) => [index, unit]))
  const item = (index: number) => ({
    x: x + index * xItem,
    y: y + index * yItem,
    residual: residual + index * yItem,
    packed,
    shared: shared[index],
    private: own,
  })
  for (const [index, operands] of both.entries()) {
    new Float32Array(buffer, x, sizeOf(d.xShape)).set(operands.x.data)
    if (operands.residual !== null) new Float32Array(buffer, residual, sizeOf(d.yShape)).set(operands.residual.data)
    const same = () => expect(Buffer.compare(Buffer.from(results.slice().buffer), Buffer.from(expected[index].buffer))).toBe(0)
    results.fill(Number.NaN)
    const staged = new Staged()
    // Each item whole, beginning with the one that the stretch before ended with: other numbers lie in its place now.
    for (const i of [1, 0]) for (const [step, unit] of units) run(step, unit, unit + 1, { ...item(i), staged }, NEVER)
    same()
    results.fill(Number.NaN)
    // Both items unit by unit in turn, and then some again, backwards.
    const order = [...units, ...units.toReversed().filter(([step]) => step === plan.steps.length - 1)]
    for (const [step, unit] of order) for (const i of [0, 1]) run(step, unit, unit + 1, { ...item(i), staged }, NEVER)
    same()
  }
}
