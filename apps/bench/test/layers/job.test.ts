import { parseProblem } from '@weft/core'
import { describe, expect, it, vi } from 'vitest'
import { layersCommand, resolveLayersJob, withBatch } from '../../src/layers/job.ts'

const FLAGS = {
  suite: ['lecture', 'lecture'],
  threads: [1, 2],
  batch: 1,
  peers: [],
  tier: 'auto',
  minMs: 150,
  minRuns: 5,
  quiet: false,
} as const

describe('withBatch', () => {
  it.each([
    ['ic8ih4oc8kh3ph1n"mb1 of mine"', 'mb8_ic8ih4oc8kh3ph1n"mb1 of mine"'],
    ['g1mb2ic8ih4oc8kh3ph1', 'mb8_g1ic8ih4oc8kh3ph1'],
    ['g1_mb2_ic8_ih4_oc8_kh3', 'mb8_g1_ic8_ih4_oc8_kh3'],
  ])('makes %s a problem of 8 items', (text, expected) => {
    const { text: made, descriptor } = withBatch(parseProblem(text), 8)
    expect(made).toBe(expected)
    expect(descriptor.batch).toBe(8)
  })
  it('leaves a problem that has as many', () => {
    const problem = parseProblem('ic8ih4oc8kh1')
    expect(withBatch(problem, 1)).toBe(problem)
  })
})

describe('resolveLayersJob', () => {
  it('takes no convolution twice', () => {
    expect(resolveLayersJob(FLAGS).cases).toHaveLength(2)
  })
  it('can be repeated by a command', () => {
    expect(layersCommand(resolveLayersJob({ ...FLAGS, suite: ['lecture', 'ic8ih4oc8kh1n"a b"'] }))).toBe(
      `weft-bench layers --suite 'lecture,ic8ih4oc8kh1n"a b"' --threads 1,2 --batch 1 --peers none --tier auto --min-ms 150 --min-runs 5`,
    )
  })
})

describe('resolveLayersJob', () => {
  it('takes the tier of the environment where none is asked for', () => {
    vi.stubEnv('WEFT_TIER', 'simd128')
    const { tier: _, ...flags } = FLAGS
    const jobs = [flags, FLAGS].map((each) => resolveLayersJob(each))
    expect(jobs.map(({ tier }) => tier)).toEqual(['simd128', 'auto'])
    vi.unstubAllEnvs()
  })
})
