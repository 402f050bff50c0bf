// ModRM, SIB and displacement: the bytes that say where the operand in ModRM.rm is.
import { littleEndian } from './encode-immediate.ts'
import type { Memory } from './operands.ts'

/** Base 5 without a displacement means rip or none, and rm 4 that a SIB byte follows: bits 0 to 2 of rbp, r13, rsp, r12. */
export const RIP = 5
const [SIB, NO_BASE, NO_INDEX] = [4, 5, 4]

export function modrm(mod: number, reg: number, rm: number): number {
  return (mod << 6) | ((reg & 7) << 3) | (rm & 7)
}

/** `step`: bytes that a displacement of 8 bits counts in. */
export function addressBytes({ base, index, scale, disp }: Memory, reg: number, step: number): number[] {
  if (base === null) return [modrm(0, reg, SIB), sib(scale, index?.id ?? NO_INDEX, NO_BASE), ...littleEndian(disp, 4)]
  const short = disp % step === 0 && disp >= -128 * step && disp <= 127 * step
  const mod = disp === 0 && (base.id & 7) !== NO_BASE ? 0 : short ? 1 : 2
  const tail = mod === 0 ? [] : mod === 1 ? littleEndian(disp / step, 1) : littleEndian(disp, 4)
  if (index === null && (base.id & 7) !== SIB) return [modrm(mod, reg, base.id), ...tail]
  return [modrm(mod, reg, SIB), sib(scale, index?.id ?? NO_INDEX, base.id), ...tail]
}

function sib(scale: number, index: number, base: number): number {
  return (Math.log2(scale) << 6) | ((index & 7) << 3) | (base & 7)
}
