import { CodeCache, Instances, TIERS, type TierName } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { measureCopy } from '../src/copy-speed.ts'
import { measurePeak, peakFunction } from '../src/peak.ts'

describe('the peak kernel', () => {
  it.each(['simd128', 'relaxed', 'paired'] as TierName[])('does every multiply-add that is counted: %s', (tier) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 })
    const code = new CodeCache(TIERS[tier], false).compile([peakFunction])
    const call = new Instances(memory).bind(code).get(peakFunction.name)
    const floats = new Float32Array(memory.buffer)
    const { lanes } = TIERS[tier].traits
    // With a factor of 1 each multiply-add doubles a sum: 8 of them a turn.
    floats[32] = 1
    for (let lane = 0; lane < 12 * lanes; lane++) floats[48 + lane] = lane + 1
    new Uint32Array(memory.buffer, 64, 3).set([128, 192, 3])
    call?.(64)
    expect(Array.from(floats.subarray(48, 49 + 12 * lanes))).toEqual([
      ...Array.from({ length: 12 * lanes }, (_, lane) => (lane + 1) * 2 ** 24),
      0,
    ])
  })

  it('is timed, but not for the scalar tier', async () => {
    expect(await measurePeak('simd128', 1)).toBeGreaterThan(0)
    expect(await measurePeak('scalar', 1)).toBeNull()
  })
})

describe('measureCopy', () => {
  it('gives a speed', () => {
    expect(measureCopy().gbPerSecond).toBeGreaterThan(0)
  })
})
