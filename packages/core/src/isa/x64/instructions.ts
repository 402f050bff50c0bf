// The table of instructions, one row a form, and how to read a row.
import { EVEX } from './instructions-evex.ts'
import { GENERAL } from './instructions-general.ts'
import { VEX } from './instructions-vex.ts'

/**
 * A row is a mnemonic, its operands, where each of them goes, the encoding as Intel's manual writes it, and, where it is
 * not the size of the memory operand, the N of a displacement that EVEX stores as one byte in steps of N.
 *
 * Operands, `/` between what may stand in one place:
 * - `r32 r64 xmm ymm zmm k tmm`: a register of that kind
 * - `m8` to `m512`: memory of so many bits; `any`: an address, or memory whose size goes without saying; `sib`: rows of
 *   memory from a base on, as far apart as an index says
 * - `b32 b64`: one element of memory of so many bits, in every lane
 * - `i8 i32 i64`: an immediate of so many bits, with a sign; `u8`: 0 to 255; `w32`: 32 bits, with a sign or without;
 *   `1`: just that
 * - `rel8 rel32`: a label, so many bits away
 * - `{k}`: the operand may be masked, `{kz}`: and the other lanes set to 0 where it is a register
 *
 * A row with `reg mem imm acc` stands for two forms, of 32 and 64 bits (`acc` is eax or rax), and one with `vec mem` for
 * one form a vector length: two in VEX, three in EVEX.
 *
 * Where an operand goes: R ModRM.reg, M ModRM.rm, V vvvv, O the low bits of the opcode, I immediate, D distance,
 * - nowhere.
 */
export type Row = readonly [mnemonic: string, operands: string, places: string, encoding: string, step?: number]

// Of two forms as short as each other the first is taken, and any before EVEX: so GNU as chooses too.
export const TABLE = [...GENERAL, ...VEX, ...EVEX] as const

export type Mnemonic = (typeof TABLE)[number][0]
