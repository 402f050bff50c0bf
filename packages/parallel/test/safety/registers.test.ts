// What a call of machine code gives back: registers, stack, and the floating-point state that JavaScript keeps.
import { describe, it } from 'vitest'
import { ELSEWHERE, NATIVE_TIERS } from './here.ts'
import { mxcsr, registers } from './parts/registers.ts'
import { SEED, settle } from './settle.ts'

describe.skipIf(ELSEWHERE).each([...NATIVE_TIERS])(`a call on %s${ELSEWHERE}`, (tier) => {
  it('gives back stack pointer, rbx, rbp, r12 to r15, MXCSR and the direction flag, and leaves no upper half full and no tile in use', async (context) => {
    settle(context, await registers(tier, SEED, 40))
  })

  it('flushes subnormal numbers while it runs, and JavaScript has them before and afterwards', async (context) => {
    settle(context, await mxcsr(tier))
  })
})
