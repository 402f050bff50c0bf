// The bytes before an opcode: legacy prefixes with REX, VEX, EVEX.
import type { Form } from './encode-form.ts'

/** What the prefixes of an instruction carry beside what its form says. Register numbers are whole, of 4 or 5 bits. */
export interface Carried {
  /** The register in ModRM.reg. */
  readonly reg: number
  /** The register in ModRM.rm or in the opcode, or the base of an address. */
  readonly rm: number
  /** The index of an address. */
  readonly index: number
  readonly vvvv: number
  readonly mask: number
  readonly zeroing: boolean
  readonly broadcast: boolean
}

const ESCAPES: readonly (readonly number[])[] = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]]
const PP: Readonly<Record<number, number>> = { 0: 0, 102: 1, 243: 2, 242: 3 }

export function prefixBytes(form: Form, carried: Carried): number[] {
  if (form.encoding === 'legacy') return legacy(form, carried)
  return form.encoding === 'VEX' ? vex(form, carried) : evex(form, carried)
}

function legacy({ prefix, map, wide }: Form, { reg, rm, index }: Carried): number[] {
  const rex = (Number(wide) << 3) | (bit(reg, 3) << 2) | (bit(index, 3) << 1) | bit(rm, 3)
  return [...(prefix === 0 ? [] : [prefix]), ...(rex === 0 ? [] : [0x40 | rex]), ...ESCAPES[map]]
}

function vex({ prefix, map, wide, length }: Form, { reg, rm, index, vvvv }: Carried): number[] {
  const low = (not(vvvv, 4) << 3) | (length << 2) | PP[prefix]
  const r = not(bit(reg, 3), 1) << 7
  if (map === 1 && !wide && bit(index, 3) === 0 && bit(rm, 3) === 0) return [0xc5, r | low]
  return [0xc4, r | (not(bit(index, 3), 1) << 6) | (not(bit(rm, 3), 1) << 5) | map, (Number(wide) << 7) | low]
}

function evex({ prefix, map, wide, length }: Form, { reg, rm, index, vvvv, mask, zeroing, broadcast }: Carried): number[] {
  // A register in rm has its fifth bit where an address has the fourth of its index; an index is never above 15.
  const x = bit(index, 3) | bit(rm, 4)
  const first = (not(bit(reg, 3), 1) << 7) | (not(x, 1) << 6) | (not(bit(rm, 3), 1) << 5) | (not(bit(reg, 4), 1) << 4) | map
  const second = (Number(wide) << 7) | (not(vvvv, 4) << 3) | 4 | PP[prefix]
  const third = (Number(zeroing) << 7) | (length << 5) | (Number(broadcast) << 4) | (not(bit(vvvv, 4), 1) << 3) | mask
  return [0x62, first, second, third]
}

function bit(value: number, index: number): number {
  return (value >> index) & 1
}

/** The low bits, turned over, as VEX and EVEX hold registers. */
function not(value: number, bits: number): number {
  return ~value & ((1 << bits) - 1)
}
