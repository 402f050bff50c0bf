import { explain, KERNELS, parseProblem, portableWorkspace, select, TIER_NAMES, TIERS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { bytesMoved, memoryBound } from '../../src/sweep/bound.ts'
import { bout } from '../../src/sweep/bout.ts'
import { findingsOf, type Swept } from '../../src/sweep/findings.ts'
import { randomProblems } from '../../src/sweep/shapes.ts'

const SEED = 7

describe('the problems of a sweep', () => {
  it(`are the same for the same seed, and as large as they should be, seed ${SEED}`, () => {
    const problems = randomProblems(200, SEED)
    expect(randomProblems(200, SEED).map(({ text }) => text)).toEqual(problems.map(({ text }) => text))
    expect(randomProblems(200, SEED + 1).map(({ text }) => text)).not.toEqual(problems.map(({ text }) => text))
    for (const { descriptor: d } of problems) {
      expect(Math.max(d.ic, d.oc)).toBeLessThanOrEqual(512)
      expect(Math.max(...d.input)).toBeLessThanOrEqual(130)
      expect(Math.max(...d.kernel)).toBeLessThanOrEqual(7)
      expect(Math.max(...d.stride)).toBeLessThanOrEqual(3)
    }
    expect(problems.some(({ descriptor: d }) => d.groups > 1 && d.groups === d.ic)).toBe(true)
    expect(problems.some(({ descriptor: d }) => d.groups === 1 && d.ic > 64)).toBe(true)
  })

  it(`have a kernel that takes them on every tier, with a plan whose units multiply all there is, seed ${SEED}`, () => {
    for (const { text, descriptor } of randomProblems(40, SEED)) {
      for (const tier of TIER_NAMES) {
        const { kernel, plan } = select(descriptor, TIERS[tier].traits)
        expect(kernel.refuses(descriptor, TIERS[tier].traits), text).toBeNull()
        for (const [step, { units }] of plan.steps.entries()) expect(kernel.costs(plan, step).length, text).toBe(units)
        expect(explain(descriptor, tier).kernel, text).toBe(kernel.name)
      }
    }
  })

  it('are timed on every kernel that takes them', () => {
    const [{ descriptor }] = randomProblems(1, SEED)
    const times = bout(descriptor, portableWorkspace('relaxed'))
    const taking = KERNELS.filter(({ refuses }) => refuses(descriptor, TIERS.relaxed.traits) === null)
    expect([...times.keys()]).toEqual(taking.map(({ name }) => name))
    for (const micros of times.values()) expect(micros).toBeGreaterThan(0)
  })
})

describe('the findings of a sweep', () => {
  const one = (problem: string, flops: number, chosen: string, times: Record<string, number>): Swept => ({
    problem,
    flops,
    chosen,
    times: new Map(Object.entries(times)),
  })

  it('are the choices that are slower than the scalar kernel, than a third of the rate of their size, or than another', () => {
    const findings = findingsOf([
      one('fine', 1e6, 'f32-direct', { 'f32-direct': 100, 'f32-scalar': 9000 }),
      one('fine too', 2e6, 'f32-winograd', { 'f32-winograd': 100, 'f32-direct': 200, 'f32-scalar': 9000 }),
      one('slow for its size', 1e6, 'f32-direct', { 'f32-direct': 400, 'f32-scalar': 9000 }),
      one('slower than scalar', 4000, 'f32-direct', { 'f32-direct': 8, 'f32-scalar': 5 }),
      one('beaten', 1e6, 'f32-winograd', { 'f32-winograd': 250, 'f32-direct': 100, 'f32-scalar': 9000 }),
    ])
    expect([...findings.rates]).toEqual([
      [3, 0.5],
      [6, 10],
    ])
    const names = (offenders: readonly Swept[]) => offenders.map(({ problem }) => problem)
    expect(names(findings.slowerThanScalar)).toEqual(['slower than scalar'])
    expect(names(findings.slowForSize)).toEqual(['slow for its size'])
    expect(names(findings.beaten)).toEqual(['beaten', 'slower than scalar'])
    expect(findings.slowForSize[0].ratio).toBeCloseTo(400 / 300)
    expect(findings.beaten[0]).toMatchObject({ than: 'f32-direct', ratio: 2.5 })
  })
})

describe('what memory allows a problem', () => {
  it('is told by input, weights and output, without the rows that a stride skips', () => {
    const { descriptor } = parseProblem('ic3ih8iw5oc2kh3kw3ph1')
    expect(bytesMoved(descriptor)).toBe(4 * (3 * 8 * 5 + 2 * 3 * 9 + 2 * 8 * 5) + (descriptor.bias ? 8 : 0))
    const strided = parseProblem('ic4ih8iw8oc1kh1kw1sh2').descriptor
    expect(bytesMoved(strided)).toBe(4 * (4 * 4 * 8 + 4 + 4 * 4) + (strided.bias ? 4 : 0))
  })

  it('is the rate that it was reached at, beside that of a copy', () => {
    const { descriptor } = parseProblem('ic64ih32iw32oc1kh1')
    const { bytes, reached, copied } = memoryBound(descriptor, 100)
    expect(reached).toBeCloseTo(bytes / 1e5)
    expect(copied).toBeGreaterThan(0)
  })
})
