import { explain, KERNELS, parseProblem, portableWorkspace, select, sizeOf, TIER_NAMES, TIERS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { bout, takeTurns } from '../../src/sweep/bout.ts'
import { findingsOf, type Swept } from '../../src/sweep/findings.ts'
import { randomProblems } from '../../src/sweep/shapes.ts'
import { livePart, rowRuns, touchFunction, writeTouch } from '../../src/sweep/touch.ts'

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
    const { times, floor } = bout(descriptor, portableWorkspace('relaxed'))
    const taking = KERNELS.filter(({ refuses }) => refuses(descriptor, TIERS.relaxed.traits) === null)
    expect([...times.keys()]).toEqual(taking.map(({ name }) => name))
    for (const micros of [floor, ...times.values()]) expect(micros).toBeGreaterThan(0)
  })

  it('are timed many runs at once, where the clock would not resolve one, even if the first of all took long', () => {
    let runs = 0
    const first = 2
    const run = (): void => {
      const begun = performance.now()
      while (runs < 1 && performance.now() - begun < first) {}
      runs++
    }
    const contender = { kernel: 'nothing', run, part: 1, samples: [] as number[], repeats: 1 }
    takeTurns([contender])
    expect(contender.repeats).toBeGreaterThan(1)
    expect(contender.samples.length).toBeLessThan(runs / 4)
  })
})

describe('the findings of a sweep', () => {
  const one = (problem: string, flops: number, chosen: string, times: Record<string, number>): Swept => ({
    problem,
    flops,
    chosen,
    times: new Map(Object.entries(times)),
    floor: 1,
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
    expect(findings.slowForSize[0].limit).toBeCloseTo(300)
    expect(findings.beaten[0]).toMatchObject({ than: 'f32-direct', ratio: 2.5 })
  })
})

describe('what memory allows a problem', () => {
  it.each([
    ['ic3ih8iw5oc2kh3kw3ph1', { first: 0, rows: 8, step: 0, count: 1 }, 'all rows'],
    ['ic4ih8iw8oc1kh1kw1sh2', { first: 0, rows: 1, step: 2, count: 4 }, 'every second row'],
    [
      'ic4ih9iw8oc1kh2kw2sh3ph1',
      { first: 2, rows: 2, step: 3, count: 2 },
      'two rows of three, without the first, whose neighbour is padding',
    ],
    ['ic4ih6iw8oc1kh2kw1dh3', { first: 0, rows: 2, step: 4, count: 2 }, 'rows under the taps of a dilated kernel'],
    [
      'ic3ih14iw64oc2kh2kw1sh5dh2',
      { first: 0, rows: 1, step: 3, count: 2 },
      'rows 0 and 3, without 5, 8, 10 and 13 behind an uneven gap',
    ],
  ])('%s reads %o: %s', (text, runs) => {
    expect(rowRuns(parseProblem(text).descriptor)).toEqual(runs)
  })

  it.each([
    ['ic1ih1iw1oc4kh5ph2', 1 / 25],
    ['ic1ih3iw9oc4kh3ph1', 1],
    ['ic1ih1iw9oc4kh3ph1', 1 / 3],
    ['ic1ih2iw2oc4kh7ph3', (3 * 3) / 49],
  ])('%s: %d of its taps meet the picture', (text, part) => {
    expect(livePart(parseProblem(text).descriptor)).toBeCloseTo(part)
  })

  it.each([
    'ic3ih40iw50oc2kh3kw3ph1',
    'ic4ih41iw81oc3kh1kw1sh3',
    'ic5ih66iw37oc4kh2kw2sh3ph1',
    'ic3ih14iw64oc2kh2kw1sh5dh2',
    'ic2id7ih35iw5oc1kd1kh2kw1sd5sh7sw7',
  ])('%s: touches lines of its operands and of nothing else', (text) => {
    const { descriptor: d } = parseProblem(text)
    const [x, weights, y, args] = [1024, 1024 * 1024, 2 * 1024 * 1024, 256]
    const memory = new ArrayBuffer(4096)
    writeTouch(memory, args, d, { x, weights, weightBytes: 4 * sizeOf(d.weightShape), y })
    const words = new Int32Array(memory)
    const [read, packed, written] = touchFunction.touches(words, args / 4, TIERS.simd128.traits)
    const within = ({ from, to }: { from: number; to: number }, start: number, floats: number) =>
      from >= start && to <= start + 4 * floats && to > start
    expect(within(read, x, sizeOf(d.xShape))).toBe(true)
    expect(packed.to - packed.from).toBe(4 * sizeOf(d.weightShape) - ((4 * sizeOf(d.weightShape)) % 256))
    expect(written).toEqual({ from: y, to: y + 4 * sizeOf(d.yShape) - ((4 * sizeOf(d.yShape)) % 256) })
  })
})
