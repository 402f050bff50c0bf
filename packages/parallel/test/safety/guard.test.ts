// Machine code reads and writes nothing but its operands: pages that cannot be touched lie against both ends of each.
import { describe, expect, it } from 'vitest'
import { EDGES } from './cases.ts'
import { type Flush, OPERANDS } from './guarded.ts'
import { ELSEWHERE, NATIVE_TIERS } from './here.ts'
import { guard } from './parts/guard.ts'
import { SEED, settle } from './settle.ts'

const ENDS: readonly Flush[] = ['end', 'begin']

describe.skipIf(ELSEWHERE)(`kernels${ELSEWHERE}`, () => {
  it('of machine code stay within their operands and are right, on 120 random convolutions and those that once failed', async (context) => {
    settle(context, await guard({ tiers: NATIVE_TIERS, seed: SEED, cases: 120 }))
  })

  it.skipIf(!NATIVE_TIERS.includes('amx'))('of the matrix unit do so around every edge', async (context) => {
    settle(context, await guard({ tiers: ['amx'], seed: SEED, edges: true, first: 0, cases: EDGES.length }))
  })

  it('of WebAssembly do so too', async (context) => {
    settle(context, await guard({ tiers: ['simd128', 'relaxed', 'paired'], seed: SEED, cases: 60 }))
  })
})

describe.skipIf(ELSEWHERE)(`the guards${ELSEWHERE}`, () => {
  const short = OPERANDS.flatMap((operand) => ENDS.map((flush) => ({ operand, flush })))

  it.for(short)('notice machine code when $operand is a float too small at its $flush', async (missing, { skip }) => {
    const [tier] = NATIVE_TIERS
    const { failures, skipped } = await guard({ tiers: [tier], seed: 1, first: 0, cases: 1, short: missing })
    if (skipped !== undefined) skip(skipped)
    const { operand, flush } = missing
    expect(failures).toHaveLength(1)
    expect(failures[0]).toContain(flush === 'end' ? ` 0 bytes past the end of ${operand} ` : ` 4 bytes before ${operand} `)
  })

  it('notice WebAssembly too', async ({ skip }) => {
    const { failures, skipped } = await guard({
      tiers: ['relaxed'],
      seed: 1,
      first: 0,
      cases: 1,
      short: { operand: 'y', flush: 'end' },
    })
    if (skipped !== undefined) skip(skipped)
    expect(failures).toHaveLength(1)
    expect(failures[0]).toContain('memory access out of bounds')
  })
})
