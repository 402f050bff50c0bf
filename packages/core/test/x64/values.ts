// The values that operands are tried with: registers, addresses, immediates, around every edge of their encodings.
import type { Slot } from '../../src/isa/x64/encode-form.ts'
import {
  type Bits,
  k,
  type Memory,
  mem,
  type Operand,
  type R64,
  type Register,
  type RegisterKind,
  type Rip,
  r32,
  r64,
  ripSymbol,
  tmm,
  xmm,
  ymm,
  zmm,
} from '../../src/isa/x64/operands.ts'

export const GENERAL: readonly R64[] = Object.values(r64)
export const INDEXES = GENERAL.filter(({ id }) => id !== r64.rsp.id)
export const SCALES = [1, 2, 4, 8] as const

/** Where 8 bits end, as they are and in steps of 4, 8, 16, 32 and 64 bytes, and where 32 bits end. */
export const DISPS = [
  ...[0, 1, -1, 127, 128, -128, -129, 2 ** 31 - 1, -(2 ** 31)],
  ...[4, 8, 16, 32, 64].flatMap((step) => [step, -step, step - 1, 127 * step, 128 * step, -128 * step, -129 * step]),
]

const REGISTERS: Readonly<Record<RegisterKind, (id: number) => Register>> = {
  r32: (id) => Object.values(r32)[id],
  r64: (id) => GENERAL[id],
  xmm,
  ymm,
  zmm,
  k,
  tmm,
}
export function register(kind: RegisterKind, id: number): Register {
  return REGISTERS[kind](id)
}

/** What takes a 5-bit number, a bit of which is in another place each. */
export const CORNERS = [0, 7, 8, 15, 16, 23, 24, 31]

export function* addresses(bits: Bits | null): Generator<Memory | Rip> {
  const of = (address: Parameters<typeof mem>[0]) => mem(bits === null ? address : { ...address, bits })
  for (const base of GENERAL) for (const disp of [0, 64, 1000]) yield of({ base, disp })
  for (const index of INDEXES) for (const scale of SCALES) yield of({ base: r64.rbx, index, scale })
  for (const base of GENERAL) yield of({ base, index: r64.rcx, scale: 4 })
  for (const index of [r64.rbp, r64.r12]) for (const scale of SCALES) yield of({ index, scale, disp: 64 })
  for (const disp of DISPS) yield of({ base: r64.rsi, disp })
  for (const disp of DISPS) yield of({ base: r64.r9, index: r64.r10, scale: 2, disp })
  for (const disp of [0, 1, -64, 2 ** 31 - 1]) yield ripSymbol('symbol', disp, bits)
}

/** Every base, index and scale together. */
export function* allAddresses(): Generator<Memory> {
  for (const disp of [0, 4, 64, 127, 128, -8192]) {
    for (const base of [...GENERAL, undefined])
      for (const index of [...INDEXES, undefined])
        for (const scale of index === undefined ? ([1] as const) : SCALES)
          if (base !== undefined || index !== undefined)
            yield mem({ ...(base && { base }), ...(index && { index }), scale, disp })
  }
}

const SMALL = [0, 1, -1, 5, 127, -128]
const SIGNED = [...SMALL, 128, -129, 255, 256, 2 ** 31 - 1, -(2 ** 31)]
const UNSIGNED = [2 ** 31, 2 ** 32 - 1, 2 ** 32 - 128, 2 ** 32 - 129]
const IMMEDIATES: Readonly<Record<string, readonly Operand[]>> = {
  '1': [1],
  i8: SMALL,
  w8: [...SMALL, ...UNSIGNED],
  u8: [0, 1, 2, 27, 31, 127, 128, 255],
  i32: SIGNED,
  w32: [...SIGNED, ...UNSIGNED],
  i64: [...SIGNED, ...UNSIGNED, 2 ** 53 - 1, 1 - 2 ** 53, 0n, -1n, 5n, 2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n)],
}
export function immediates(slot: Slot): readonly Operand[] {
  return IMMEDIATES[slot.words[0]] ?? []
}
