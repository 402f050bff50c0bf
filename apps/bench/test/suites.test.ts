import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ALL, listSuites, macsOf, resolveTarget, suiteNames } from '../src/suites.ts'

const folder = mkdtempSync(join(tmpdir(), 'weft-bench-suites-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

// Multiply-accumulates of all convolutions of the torchvision networks; the fully connected layers are not among them.
const KNOWN = [
  { suite: 'lecture', distinct: 2, all: 2, macs: 1_024_000_000 + 53_687_091_200 / 2 },
  { suite: 'resnet50', distinct: 23, all: 53, macs: 4_087_136_256 },
  { suite: 'vgg16', distinct: 9, all: 13, macs: 15_346_630_656 },
  { suite: 'mobilenetv2', distinct: 30, all: 52, macs: 299_494_272 },
  // Of no one network: what they cost is what we chose.
  { suite: 'mix', distinct: 18, all: 18, macs: 7_313_659_904 },
  { suite: 'heldback', distinct: 27, all: 27, macs: 2_854_151_808 },
]

describe('the suites', () => {
  it('are these', () => {
    expect(suiteNames()).toEqual(KNOWN.map(({ suite }) => suite).sort())
  })

  for (const { suite, distinct, all, macs } of KNOWN) {
    it(`${suite}: ${distinct} problems for ${all} convolutions, ${macs} multiply-accumulates`, () => {
      const { cases } = resolveTarget(suite)
      expect(cases.length).toBe(distinct)
      expect(cases.reduce((sum, { count }) => sum + count, 0)).toBe(all)
      expect(macsOf(cases)).toBe(macs)
    })

    it(`${suite}: no shape and no name twice, every name with the suite's`, () => {
      const { cases } = resolveTarget(suite)
      const shapes = cases.map(({ problem: { descriptor: d } }) => JSON.stringify(d))
      expect(new Set(shapes).size).toBe(cases.length)
      expect(new Set(cases.map(({ problem }) => problem.name)).size).toBe(cases.length)
      for (const { problem } of cases) expect(problem.name.startsWith(`${suite}:`)).toBe(true)
    })
  }

  it('are all together without a convolution that two have', () => {
    const { cases, suite } = resolveTarget(ALL)
    const each = suiteNames().flatMap((name) =>
      resolveTarget(name).cases.map(({ problem }) => JSON.stringify(problem.descriptor)),
    )
    expect(cases.map(({ problem }) => JSON.stringify(problem.descriptor))).toEqual([...new Set(each)])
    expect(cases.length).toBeLessThan(each.length)
    // Shapes of several networks are no network: they have no total.
    expect(suite).toBe(false)
  })

  it('mix holds what is not plain 2-D', () => {
    const all = resolveTarget('mix').cases.map(({ problem }) => problem.descriptor)
    for (const has of [
      all.filter(({ dilation }) => dilation.some((step) => step > 1)),
      all.filter(({ groups }) => groups > 1),
      all.filter(({ rank }) => rank === 1),
      all.filter(({ rank }) => rank === 3),
      all.filter(({ transposed }) => transposed),
      all.filter(({ kernel }) => kernel[1] === 5),
    ])
      expect(has.length).toBeGreaterThan(1)
  })

  it('chain: each network ends at the size it should', () => {
    const last = (suite: string) => resolveTarget(suite).cases.at(-1)?.problem.descriptor.yShape
    expect(last('resnet50')).toEqual([1, 2048, 7, 7])
    expect(last('vgg16')).toEqual([1, 512, 14, 14])
    expect(last('mobilenetv2')).toEqual([1, 1280, 7, 7])
    expect(last('lecture')).toEqual([1, 128, 256, 256])
  })

  it('are listed with their sizes in 80 columns', () => {
    const list = listSuites()
    for (const { suite, distinct } of KNOWN) expect(list).toMatch(new RegExp(`^${suite} +${distinct} problems, `, 'm'))
    for (const line of list.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})

describe('resolveTarget', () => {
  it('takes a problem text', () => {
    const { suite, cases } = resolveTarget('ic64ih56oc64kh3ph1n"a/b*3"')
    expect(suite).toBe(false)
    expect(cases).toMatchObject([{ count: 3, problem: { name: 'a/b*3' } }])
  })

  it('takes a file', () => {
    const path = file('mine.txt', '# mine\n\nic8ih4oc8kh3ph1n"one*2"\r\nic8ih4oc8kh1\n')
    expect(resolveTarget(path)).toMatchObject({ name: path, suite: true, cases: [{ count: 2 }, { count: 1 }] })
  })

  it.each([
    ['resnet51', 'PROBLEM', /resnet51.*heldback, lecture, mix, mobilenetv2, resnet50, vgg16/],
    ['ic64ih56', 'PROBLEM', /lacks/],
    ['ic8ih8oc8kh9', 'SHAPE', /9 pixels does not fit into 8/],
    ['./no-such-suite.txt', 'NOT_FOUND', /no-such-suite\.txt/],
    [folder, 'IO', /it is a folder/],
  ])('refuses %s', (name, code, message) => {
    expect(() => resolveTarget(name)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  })

  it('says which file has a problem that cannot be read, or none', () => {
    const wrong = file('wrong.txt', 'ic8ih4oc8kh3ph1\nic8zz4\n')
    expect(() => resolveTarget(wrong)).toThrow(
      expect.objectContaining({ code: 'PROBLEM', message: expect.stringContaining(`${wrong}: `) }),
    )
    const empty = file('empty.txt', '# nothing\n')
    expect(() => resolveTarget(empty)).toThrow(expect.objectContaining({ code: 'FORMAT' }))
  })
})
