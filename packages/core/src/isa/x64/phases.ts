// Vectors of equal phase from memory and back: registers filled by quarters of 4 lanes, which are then exchanged within them.
import type { Assembler } from './assembler.ts'
import { type Memory, type Register, xmm } from './operands.ts'

type Vector = Register<'ymm' | 'zmm'>
/** The place of a lane. */
type Lane = (lane: number) => Memory

/** What vshufps takes from each of its sources: two of four lanes each. */
const [LOWER_HALVES, UPPER_HALVES, EVENS, ODDS] = [0x44, 0xee, 0x88, 0xdd]

/** The place of four floats, by their index. */
type Four = (index: number) => Memory

/** Lane l of register k of n is float n l + k. A quarter of a register holds the floats of which it will keep one in n. */
export function loadPhases(asm: Assembler, to: readonly Vector[], spare: Vector, four: Four): void {
  to.forEach((register, index) => {
    asm.emit('vmovups', xmm(register.id), four(index))
    for (let quarter = 1; quarter < quartersOf(register); quarter++) {
      const insert = register.kind === 'zmm' ? 'vinsertf32x4' : 'vinsertf128'
      asm.emit(insert, register, register, four(to.length * quarter + index), quarter)
    }
  })
  if (to.length === 4) transpose(asm, to, spare)
  else separate(asm, to[0], to[1], spare)
}

/** The way back; the registers hold anything afterwards. */
export function storePhases(asm: Assembler, memory: Lane, from: readonly Vector[], spare: Vector): void {
  if (from.length === 4) transpose(asm, from, spare)
  else interleave(asm, from[0], from[1], spare)
  from.forEach((register, index) => {
    asm.emit('vmovups', memory(4 * index), xmm(register.id))
    for (let quarter = 1; quarter < quartersOf(register); quarter++) {
      const extract = register.kind === 'zmm' ? 'vextractf32x4' : 'vextractf128'
      asm.emit(extract, memory(4 * (from.length * quarter + index)), register, quarter)
    }
  })
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
