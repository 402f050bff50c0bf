import { tmpdir } from 'node:os'
import { describe, expect, it, vi } from 'vitest'
import type { Flags } from '../src/arguments.ts'
import { commandOf, pairingHelps, resolveJob } from '../src/job.ts'
import { quoted } from '../src/quote.ts'

const FLAGS: Flags = { mode: 'both', tier: 'auto', minMs: 500, minRuns: 10, quiet: false, list: false }

describe('resolveJob', () => {
  it('leaves nothing to default and cannot be changed', () => {
    const job = resolveJob(['ic8ih4oc8kh1'], FLAGS)
    expect(job.threads[0]).toBe(1)
    expect(job.modes).toEqual(['channels', 'items'])
    expect(Object.isFrozen(job)).toBe(true)
  })

  it('takes the tier of the environment where none is asked for', () => {
    vi.stubEnv('WEFT_TIER', 'simd128')
    const { tier: _, ...flags } = FLAGS
    expect([flags, FLAGS].map((each) => resolveJob(['ic8ih4oc8kh1'], each).tier)).toEqual(['simd128', 'auto'])
    vi.unstubAllEnvs()
  })

  it.each([
    ['no target', [], {}, 'OPTION', /lecture, mix, mobilenetv2/],
    ['two files on standard output', ['lecture'], { json: '-', csv: '-' }, 'OPTION', /only one/],
    ['a folder that is not there', ['lecture'], { csv: '/no/such/folder/a.csv' }, 'IO', /--csv .*\/no\/such\/folder/],
    ['a folder for a file', ['lecture'], { json: tmpdir() }, 'IO', /is a folder/],
  ])('refuses %s', (_, targets, flags, code, message) => {
    expect(() => resolveJob(targets, { ...FLAGS, ...flags })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })
})

describe('commandOf', () => {
  it('repeats the job on the tier that was in force', () => {
    const job = resolveJob(['ic8ih4oc8kh1n"it\'s"', 'vgg16'], {
      ...FLAGS,
      threads: [1, 4],
      mode: 'items',
      kernel: 'f32-direct',
      minMs: 1.5,
    })
    expect(commandOf(job, 'relaxed')).toBe(
      `weft-bench scale 'ic8ih4oc8kh1n"it'\\''s"' vgg16 --threads 1,4 --mode items --tier relaxed ` +
        '--kernel f32-direct --min-ms 1.5 --min-runs 10',
    )
  })
})

describe('quoted', () => {
  it('quotes only what a shell would change', () => {
    expect([quoted('ic64ih56'), quoted('a b'), quoted('')]).toEqual(['ic64ih56', "'a b'", "''"])
  })
})

describe('pairingHelps', () => {
  it('leaves a narrower tier that is asked for as it is', () => {
    expect([pairingHelps('auto'), pairingHelps('wasm'), pairingHelps('paired')]).toEqual([true, true, true])
    expect([pairingHelps('relaxed'), pairingHelps('simd128'), pairingHelps('scalar')]).toEqual([false, false, false])
  })
})
