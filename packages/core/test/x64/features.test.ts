// Which tiers a processor and its system allow, told by stand-ins for both.
import { describe, expect, it } from 'vitest'
import { featuresOf, type Processor } from '../../src/isa/x64/features.ts'

const bits = (...indices: number[]): number => indices.reduce((word, index) => (word | (1 << index)) >>> 0, 0)
const [FMA, OSXSAVE, AVX] = [12, 27, 28]
const AVX512 = [16, 17, 30, 31]
const [AMX_BF16, AMX_TILE] = [22, 24]
const STATE = { xmm: 1, ymm: 2, masks: 5, upper: 6, more: 7, tileConfig: 17, tiles: 18 }

interface Machine {
  basic?: number[]
  ebx?: number[]
  edx?: number[]
  saved?: number[]
  leave?: number
}

/** A processor with all of it, and a system that gives leave, but for what is said. @param asked what the system was asked */
function processor(
  {
    basic = [FMA, OSXSAVE, AVX],
    ebx = [5, ...AVX512],
    edx = [AMX_BF16, AMX_TILE],
    saved = Object.values(STATE),
    leave = 0,
  }: Machine,
  asked: string[] = [],
): Processor {
  return {
    cpuid(leaf, _, register) {
      if (leaf === 0) return 7
      if (leaf === 1) return register === 2 ? bits(...basic) : 0
      return register === 1 ? bits(...ebx) : register === 3 ? bits(...edx) : 0
    },
    xgetbv: () => bits(...saved),
    permitTiles() {
      asked.push('tiles')
      return leave
    },
  }
}

const without = (...states: number[]) => Object.values(STATE).filter((state) => !states.includes(state))
const allowed = (machine: Machine) => {
  const { avx2, avx512, amx, missing } = featuresOf(processor(machine))
  return [[avx2 && 'avx2', avx512 && 'avx512', amx && 'amx'].filter((tier) => tier !== false).join(), missing]
}

describe('what a processor and its system allow', () => {
  it('is everything where both have it, with no reason', () => {
    expect(allowed({})).toEqual(['avx2,avx512,amx', ''])
  })

  it.each([
    ['no leave for tiles', { leave: -1 }, 'the operating system gives no leave to use tiles (errno 1)'],
    ['a system that knows no such question', { leave: -22 }, 'the operating system gives no leave to use tiles (errno 22)'],
    ['a system that does not save tiles', { saved: without(STATE.tiles) }, 'the operating system does not save tiles'],
    ['a system that does not save their shape', { saved: without(STATE.tileConfig) }, 'the operating system does not save tiles'],
    ['tiles without bfloat16', { edx: [AMX_TILE] }, 'the processor has no AMX for bfloat16'],
    ['no tiles', { edx: [] }, 'the processor has no AMX for bfloat16'],
  ])('is AVX-512 with %s', (_, machine, missing) => {
    expect(allowed(machine)).toEqual(['avx2,avx512', missing])
  })

  it.each([
    ['no AVX-512', { ebx: [5] }, 'the processor has no AVX-512 (F, DQ, BW, VL)'],
    ['half of AVX-512', { ebx: [5, 16, 17, 30] }, 'the processor has no AVX-512 (F, DQ, BW, VL)'],
    [
      'a system that saves half of its registers',
      { saved: without(STATE.upper) },
      'the operating system does not save registers of 512 bits',
    ],
  ])('is AVX2 with %s, tiles or not', (_, machine, missing) => {
    expect(allowed(machine)).toEqual(['avx2', missing])
  })

  it.each([
    [{ basic: [OSXSAVE, AVX] }, 'the processor has no AVX2 with FMA'],
    [{ saved: without(STATE.ymm) }, 'the operating system does not save registers of 256 bits'],
    [{ basic: [FMA, AVX] }, 'the operating system does not save vector registers'],
  ])('is nothing without what comes before: %o', (machine, missing) => {
    const [tiers, reasons] = allowed(machine)
    expect(tiers).toBe('')
    expect(reasons).toContain(missing)
  })

  it('is found out without asking for leave where tiles would not be used', () => {
    for (const machine of [{ edx: [AMX_TILE] }, { ebx: [5] }, { saved: without(STATE.tiles) }, { basic: [FMA, AVX] }]) {
      const asked: string[] = []
      featuresOf(processor(machine, asked))
      expect(asked).toEqual([])
    }
    const asked: string[] = []
    featuresOf(processor({}, asked))
    expect(asked).toEqual(['tiles'])
  })
})
