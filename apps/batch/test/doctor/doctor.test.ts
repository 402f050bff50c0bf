// The doctor as a command, and its self-test: on right kernels, and on wrong ones.
import { KERNELS, WeftError } from '@weft/core'
import { type Layer, open } from '@weft/parallel'
import { describe, expect, test } from 'vitest'
import { findingsText, isWell } from '../../src/doctor/doctor.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { selfTest } from '../../src/doctor/self-test.ts'
import { jsonLines, temporaryFolder, weft } from '../helpers.ts'

const at = temporaryFolder()

describe('weft doctor', () => {
  test('says that all is well, or not, by its exit code; names each tier that it tried', async () => {
    const { code, stdout, stderr } = await weft(['doctor', '--json'], at('.'))
    const [{ well, findings }] = jsonLines(stdout) as [{ well: boolean; findings: Finding[] }]
    const named = Object.fromEntries(findings.map((finding) => [finding.name, finding]))
    expect([code, stderr, well]).toEqual([0, '', true])
    expect(Object.keys(named)).toEqual(['node', 'cores', 'memory', 'tier', 'ffmpeg', 'kernels'])
    expect(named.node.facts.version).toBe(process.versions.node)
    const trials = named.kernels.facts.trials as { tier: string; kernel: string; error: number; limit: number }[]
    expect(new Set(trials.map(({ tier }) => tier))).toContain(named.tier.facts.tier)
    // Kernels of the matrix unit are tried where there is one.
    const matrix = trials.some(({ tier }) => tier === 'amx')
    const tried = KERNELS.filter(({ name }) => matrix || !['f32-matrix', 'f32-gemv'].includes(name))
    for (const { name } of tried) expect(trials.map(({ kernel }) => kernel)).toContain(name)
    for (const { error, limit } of trials) expect(error).toBeLessThan(limit)
  })

  test('a tier and a queue that are asked for and not to be had are ill, and the exit code is 1', async () => {
    const { code, stdout } = await weft(['doctor', '--queue', 'redis://127.0.0.1:1'], at('.'), { WEFT_TIER: 'fastest' })
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([1, 'weft is not well here: tier, queue'])
  })
})

describe('the self-test', () => {
  /** Layers of an engine with one thread whose results `spoil` changes. */
  async function foundWith(spoil: (y: Float32Array, kernel: string) => void): Promise<Finding> {
    return await selfTest(['simd128'], async (tier) => {
      const engine = await open({ tier, threads: 1 })
      const spoiled = async (layer: Layer, kernel: string): Promise<Layer> => ({
        ...layer,
        close: () => layer.close(),
        run: async (x, options) => {
          const y = await layer.run(x, options)
          spoil(y.data, kernel)
          return y
        },
      })
      return {
        prepare: async (params, x, options) => spoiled(await engine.prepare(params, x, options), options?.kernel ?? ''),
        prepareTranspose: async (params, x, options) =>
          spoiled(await engine.prepareTranspose(params, x, options), options?.kernel ?? ''),
        close: () => engine.close(),
      }
    })
  }
  const wrongly = (y: Float32Array): void => {
    for (let at = 0; at < y.length; at += 2) y[at] += 0.01
  }

  test('finds nothing where nothing is wrong', async () => {
    expect((await foundWith(() => {})).state).toBe('well')
  })

  test.each([
    ['off by a hundredth', wrongly, /off by/],
    ['no numbers', (y: Float32Array) => y.fill(Number.NaN), /off by Infinity/],
    [
      'thrown away',
      () => {
        throw new Error('a worker died')
      },
      /a worker died/,
    ],
  ])('finds results of one kernel that are %s', async (_, spoil, words) => {
    const { state, words: found } = await foundWith((y, kernel) => {
      if (kernel === 'f32-pointwise') spoil(y)
    })
    expect(state).toBe('ill')
    expect(found.filter((sentence) => sentence.startsWith('f32-'))).toEqual([
      expect.stringMatching(/^f32-pointwise on simd128: /),
    ])
    expect(found.join()).toMatch(words)
  })

  test('finds nothing good in no kernel at all', async () => {
    const none = async (): Promise<never> => {
      throw new WeftError('TIER', 'not here')
    }
    expect((await selfTest(['scalar'], none)).state).toBe('ill')
  })
})

test('what is ill is told last, in 80 columns', () => {
  const findings: Finding[] = [
    { name: 'node', state: 'well', words: ['as it should be'], facts: {} },
    { name: 'kernels', state: 'ill', words: [`one thing ${'and another '.repeat(20)}`, 'a second'], facts: {} },
  ]
  const lines = findingsText(findings).split('\n')
  expect([isWell(findings), lines.at(-1)]).toEqual([false, 'weft is not well here: kernels'])
  expect(lines.slice(0, 2)).toEqual(['well  node     as it should be', expect.stringMatching(/^ill {3}kernels {2}one thing and/)])
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80)
})
