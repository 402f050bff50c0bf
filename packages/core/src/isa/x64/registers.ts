// The registers behind the handles of the vector machine on x86-64.
import type { Int, Vec } from '../machine.ts'
import type { Far } from '../matrix-unit.ts'
import { r32, r64, type ymm, type zmm } from './operands.ts'

/** The address of the arena: see machine.ts. */
export const BASE = r64.rdi

/** A register of 32 bits whose upper half is always zero, so that it serves as the index of an address too. */
export const GENERAL = [
  { low: r32.eax, full: r64.rax },
  { low: r32.ecx, full: r64.rcx },
  { low: r32.edx, full: r64.rdx },
  { low: r32.r8d, full: r64.r8 },
  { low: r32.r9d, full: r64.r9 },
  { low: r32.r10d, full: r64.r10 },
  { low: r32.r11d, full: r64.r11 },
  { low: r32.ebx, full: r64.rbx },
  { low: r32.ebp, full: r64.rbp },
  { low: r32.r12d, full: r64.r12 },
  { low: r32.r13d, full: r64.r13 },
  { low: r32.r14d, full: r64.r14 },
  { low: r32.r15d, full: r64.r15 },
] as const
type General = (typeof GENERAL)[number]
export type Vector = ReturnType<typeof ymm> | ReturnType<typeof zmm>

export function low(register: Int): General['low'] {
  return (register as unknown as General).low
}
export function full(register: Int | Far): General['full'] {
  return (register as unknown as General).full
}
export function vector(register: Vec): Vector {
  return register as unknown as Vector
}
