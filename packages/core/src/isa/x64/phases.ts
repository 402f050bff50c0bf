// Vectors of equal phase from memory and back: registers filled by quarters of 4 lanes, which are then exchanged within them.
import type { Assembler } from './assembler.ts'
import { type Mask, type Memory, masked, type Register, xmm } from './operands.ts'

type Vector = Register<'ymm' | 'zmm'>
/** The place of a lane. */
type Lane = (lane: number) => Memory

/** What vshufps takes from each of its sources: two of four lanes each. */
const [LOWER_HALVES, UPPER_HALVES, EVENS, ODDS] = [0x44, 0xee, 0x88, 0xdd]

/** The place of four floats, by their index. */
type Four = (index: number) => Memory

/** Floats that exist, how many of them four are from the next four, and masks of lanes. */
export interface Within {
  readonly first: number
  readonly end: number
  readonly step: number
  mask(first: number, end: number): Mask
}

/**
 * Lane l of register k of n is float n l + k. A quarter of a register holds the floats of which it will keep one in n; 0 for those
 * that do not exist, and no more memory than of those that do is touched.
 */
export function loadPhases(asm: Assembler, to: readonly Vector[], spare: Vector, four: Four, within?: Within): void {
  to.forEach((register, index) => {
    for (let quarter = 0; quarter < quartersOf(register); quarter++) {
      loadQuarter(asm, register, quarter, spare, four, to.length * quarter + index, within)
    }
  })
  if (to.length === 4) transpose(asm, to, spare)
  else separate(asm, to[0], to[1], spare)
}

/** Four floats by their index; what is above the first quarter is 0 once that is loaded. */
function loadQuarter(
  asm: Assembler,
  to: Vector,
  quarter: number,
  spare: Vector,
  four: Four,
  index: number,
  within: Within | undefined,
): void {
  const [first, end] = within === undefined ? [0, 4] : [within.first, within.end].map((float) => float - within.step * index)
  const [whole, none] = [first <= 0 && end >= 4, first >= 4 || end <= 0]
  const low = xmm((quarter === 0 ? to : spare).id)
  if (none) {
    if (quarter === 0) asm.emit('vpxord', to, to, to)
    return
  }
  if (!whole && within !== undefined) {
    asm.emit('vmovups', masked(low, within.mask(Math.max(0, first), Math.min(4, end)), 'zero'), four(index))
  } else if (quarter === 0) asm.emit('vmovups', low, four(index))
  if (quarter === 0) return
  const insert = evex(to) ? 'vinsertf32x4' : 'vinsertf128'
  asm.emit(insert, to, to, whole ? four(index) : low, quarter)
}

/** The way back in the registers themselves: register k holds the k-th vector of neighbouring floats. */
export function neighbours(asm: Assembler, from: readonly Vector[], spare: Vector): void {
  if (from.length === 4) transpose(asm, from, spare)
  else interleave(asm, from[0], from[1], spare)
  const [a, b, c, d] = from
  const quarters = (to: Vector, x: Vector, y: Vector, which: number) => asm.emit('vshuff32x4', to, x, y, which)
  if (from.length === 2) {
    if (a.kind === 'ymm') {
      quarters(spare, a, b, 0)
      quarters(b, a, b, 3)
      asm.emit('vmovaps', a, spare)
      return
    }
    quarters(spare, a, b, LOWER_HALVES)
    quarters(b, a, b, UPPER_HALVES)
    quarters(a, spare, spare, 0xd8)
    quarters(b, b, b, 0xd8)
    return
  }
  if (a.kind === 'ymm') {
    quarters(spare, a, b, 0)
    quarters(b, a, b, 3)
    quarters(a, c, d, 0)
    quarters(d, c, d, 3)
    asm.emit('vmovaps', c, b)
    asm.emit('vmovaps', b, a)
    asm.emit('vmovaps', a, spare)
    return
  }
  quarters(spare, a, b, LOWER_HALVES)
  quarters(b, a, b, UPPER_HALVES)
  quarters(a, c, d, LOWER_HALVES)
  quarters(d, c, d, UPPER_HALVES)
  quarters(c, b, d, EVENS)
  quarters(d, b, d, ODDS)
  quarters(b, spare, a, ODDS)
  quarters(a, spare, a, EVENS)
}

/** The way back; the registers hold anything afterwards. */
export function storePhases(asm: Assembler, memory: Lane, from: readonly Vector[], spare: Vector): void {
  if (from.length === 4) transpose(asm, from, spare)
  else interleave(asm, from[0], from[1], spare)
  from.forEach((register, index) => {
    asm.emit('vmovups', memory(4 * index), xmm(register.id))
    for (let quarter = 1; quarter < quartersOf(register); quarter++) {
      const extract = evex(register) ? 'vextractf32x4' : 'vextractf128'
      asm.emit(extract, memory(4 * (from.length * quarter + index)), register, quarter)
    }
  })
}

/** Whether only instructions of AVX-512 have it. */
function evex({ kind, id }: Vector): boolean {
  return kind === 'zmm' || id > 15
}
function quartersOf({ kind }: Vector): number {
  return kind === 'zmm' ? 4 : 2
}

/** Of every quarter: a0 a2 b0 b2 in `a`, a1 a3 b1 b3 in `b`. */
function separate(asm: Assembler, a: Vector, b: Vector, spare: Vector): void {
  asm.emit('vshufps', spare, a, b, EVENS)
  asm.emit('vshufps', b, a, b, ODDS)
  asm.emit('vmovaps', a, spare)
}

/** Of every quarter: a0 b0 a1 b1 in `a`, a2 b2 a3 b3 in `b`. */
function interleave(asm: Assembler, a: Vector, b: Vector, spare: Vector): void {
  asm.emit('vunpcklps', spare, a, b)
  asm.emit('vunpckhps', b, a, b)
  asm.emit('vmovaps', a, spare)
}

/** Every quarter of four registers, 4 x 4 lanes: its own way back. */
function transpose(asm: Assembler, [a, b, c, d]: readonly Vector[], spare: Vector): void {
  interleave(asm, a, b, spare)
  interleave(asm, c, d, spare)
  asm.emit('vshufps', spare, a, c, UPPER_HALVES)
  asm.emit('vshufps', a, a, c, LOWER_HALVES)
  asm.emit('vshufps', c, b, d, LOWER_HALVES)
  asm.emit('vshufps', d, b, d, UPPER_HALVES)
  asm.emit('vmovaps', b, spare)
}
