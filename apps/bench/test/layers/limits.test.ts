import { costOf, parseProblem } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { boundOf, together } from '../../src/layers/limits.ts'
import { LIMITS } from './sample-rows.ts'

const cost = (text: string) => costOf(parseProblem(text).descriptor)

describe('boundOf', () => {
  it('is the peak where a byte is used often', () => {
    expect(boundOf(LIMITS[1], cost('ic256ih56oc256kh3ph1'), 1)).toEqual({ gflops: 100, by: 'arithmetic' })
  })
  it('is memory at the speed of a copy of that size where it is not', () => {
    const small = cost('ic2ih8oc2kh1')
    expect(boundOf(LIMITS[1], small, 1)).toEqual({ gflops: small.intensity * 200, by: 'memory' })
    const large = cost('g32ic32ih112oc32kh1')
    expect(boundOf(LIMITS[2], large, 2)).toEqual({ gflops: large.intensity * 100, by: 'memory' })
  })
  it('is nothing on a tier whose peak is not known', () => {
    expect(boundOf({ ...LIMITS[1], gflops: null }, cost('ic2ih8oc2kh1'), 1)).toBeNull()
  })
})

describe('together', () => {
  it('adds what cores reach at the same time', () => {
    expect(together([LIMITS[1], LIMITS[1]])).toEqual(LIMITS[2])
  })
})
