// The vector machine as x86-64 machine code: AVX2 with FMA, or AVX-512, with a matrix unit or without.
import { WeftError } from '../../errors.ts'
import type { Lanes } from '../handles.ts'
import type { Int, KernelFunction, Machine, MachineTraits, Vec } from '../machine.ts'
import type { MaskedLanes } from '../masked-lanes.ts'
import { Assembler } from './assembler.ts'
import { littleEndian } from './encode-immediate.ts'
import { X64MatrixUnit } from './matrix-unit.ts'
import { bcst, k, type Label, type Mask, masked, mem, r64, ripLabel, ymm, zmm } from './operands.ts'
import { loadFirst, storeFirst } from './parts.ts'
import { loadPhases, neighbours, storePhases } from './phases.ts'
import { movedPlaces, thirdPlaces } from './places.ts'
import { BASE, full, GENERAL, low, type Vector, vector } from './registers.ts'

/**
 * How a kernel is called, System V but for what it holds: rdi the address of the arena, esi the argument block's offset in it.
 * Every other general register is free; rbx, rbp and r12 to r15 are given back as they were. The stack is not used beyond
 * that, and no flag but those of arithmetic changes.
 */
const ARGS = r64.rsi
/** k0 stands for no mask; all but k1 are the matrix unit's where there is one. */
const MASKS = [1, 2, 3, 4, 5, 6, 7].map(k)
const SAVED = ['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'] as const

class X64Machine implements Machine, MaskedLanes {
  readonly traits: MachineTraits
  readonly masked: MaskedLanes | null
  readonly matrix: X64MatrixUnit | null
  readonly #asm: Assembler
  readonly #vectors: readonly Vector[]
  #ints = 0
  #vecs = 0
  #lanes = 0
  /** What masks are known to hold. */
  readonly #masks = new Map<number, Mask>()
  /** Where the bits of a constant will be: from a general register one takes two instructions more. */
  readonly #constants = new Map<number, Label>()
  readonly #tables: [Label, Uint8Array][] = []

  constructor(asm: Assembler, traits: MachineTraits) {
    this.traits = traits
    this.#asm = asm
    this.#vectors = Array.from({ length: traits.registers }, (_, n) => (traits.lanes === 16 ? zmm(n) : ymm(n)))
    this.masked = traits.masks ? this : null
    this.matrix = traits.matrix ? new X64MatrixUnit(asm, this) : null
  }

  scope(body: () => void): void {
    const [ints, vecs, lanes, taken] = [this.#ints, this.#vecs, this.#lanes, this.matrix?.taken]
    body()
    this.#ints = ints
    this.#lanes = lanes
    this.#vecs = vecs
    if (this.matrix !== null && taken !== undefined) this.matrix.taken = taken
  }
  vec(): Vec {
    if (this.#vecs === this.#vectors.length) throw none('vector', this.#vectors.length)
    return this.#vectors[this.#vecs++] as unknown as Vec
  }
  get free(): number {
    return this.#vectors.length - this.#vecs
  }
  int(): Int {
    if (this.#ints === GENERAL.length) throw none('general', GENERAL.length)
    return GENERAL[this.#ints++] as unknown as Int
  }

  arg(index: number): Int {
    const to = this.int()
    this.#asm.emit('mov', low(to), argument(index))
    return to
  }
  argFloat(to: Vec, index: number): void {
    this.#asm.emit('vbroadcastss', vector(to), argument(index))
  }
  number(value: number): Int {
    const to = this.int()
    this.#asm.emit('mov', low(to), value | 0)
    return to
  }
  move(to: Int, from: Int): void {
    this.#asm.emit('mov', low(to), low(from))
  }
  add(to: Int, by: Int | number): void {
    this.#asm.emit('add', low(to), typeof by === 'number' ? by | 0 : low(by))
  }
  scale(to: Int, by: number): void {
    this.#asm.emit('imul', low(to), low(to), by | 0)
  }
  loadInt(to: Int, at: Int, offset: number): void {
    this.#asm.emit('mov', low(to), place(at, offset))
  }
  storeInt(at: Int, offset: number, from: Int): void {
    this.#asm.emit('mov', place(at, offset), low(from))
  }
  loop(count: Int, body: () => void): void {
    const [again, end] = [this.#asm.label(), this.#asm.label()]
    this.#asm.emit('test', low(count), low(count))
    this.#asm.emit('jz', end)
    this.#asm.align(16)
    this.#asm.bind(again)
    this.#masks.clear()
    this.scope(body)
    this.#masks.clear()
    this.#asm.emit('sub', low(count), 1)
    this.#asm.emit('jnz', again)
    this.#asm.bind(end)
  }
  innerLoop(count: Int, body: () => void): void {
    this.loop(count, body)
  }

  prefetch(at: Int, offset: number): void {
    this.#asm.emit('prefetcht0', place(at, offset))
  }
  load(to: Vec, at: Int, offset: number): void {
    this.#asm.emit('vmovups', vector(to), place(at, offset))
  }
  store(at: Int, offset: number, from: Vec): void {
    this.#asm.emit('vmovups', place(at, offset), vector(from))
  }
  loadFirst(to: Vec, at: Int, offset: number, count: number): void {
    const memory = (lane: number) => place(at, offset + 4 * lane)
    if (!this.traits.masks) this.scope(() => loadFirst(this.#asm, vector(to).id, this.#spare(), memory, count))
    else this.loadLanes(to, at, offset, 0, count)
  }
  loadLanes(to: Vec, at: Int, offset: number, first: number, end: number): void {
    if (end - first === this.traits.lanes) this.load(to, at, offset)
    else this.#asm.emit('vmovups', masked(vector(to), this.#mask(first, end), 'zero'), place(at, offset))
  }
  loadOver(to: Vec, at: Int, offset: number, first: number, end: number): void {
    this.#asm.emit('vmovups', masked(vector(to), this.#mask(first, end), 'merge'), place(at, offset))
  }
  storeFirst(at: Int, offset: number, from: Vec, count: number): void {
    const memory = (lane: number) => place(at, offset + 4 * lane)
    if (!this.traits.masks) this.scope(() => storeFirst(this.#asm, memory, vector(from).id, this.#spare(), count))
    else this.#asm.emit('vmovups', masked(memory(0), this.#mask(0, count), 'merge'), vector(from))
  }
  #spare(): number {
    return vector(this.vec()).id
  }
  /** The mask of lanes [first, end). Nothing is known of masks where loops begin and end. */
  #mask(first: number, end: number): Mask {
    const bits = (1 << end) - (1 << first)
    if (!this.#masks.has(bits)) {
      if (this.#masks.size === (this.traits.matrix ? 1 : MASKS.length - this.#lanes)) this.#masks.clear()
      const mask = MASKS[this.#masks.size]
      this.scope(() => this.#asm.emit('kmovw', mask, low(this.number(bits))))
      this.#masks.set(bits, mask)
    }
    return this.#masks.get(bits) as Mask
  }
  loadPhases(to: readonly Vec[], at: Int, offset: number, step = 16): void {
    const four = (index: number) => place(at, offset + step * index)
    this.scope(() => loadPhases(this.#asm, to.map(vector), vector(this.vec()), four))
  }
  loadPhasesWithin(to: readonly Vec[], at: Int, offset: number, first: number, end: number, step = 16): void {
    const four = (index: number) => place(at, offset + step * index)
    const within = { first, end, step: step / 4, mask: (from: number, to: number) => this.#mask(from, to) }
    this.scope(() => loadPhases(this.#asm, to.map(vector), vector(this.vec()), four, within))
  }
  storePhases(at: Int, offset: number, from: readonly Vec[]): void {
    const memory = (lane: number) => place(at, offset + 4 * lane)
    this.scope(() => storePhases(this.#asm, memory, from.map(vector), vector(this.vec())))
  }
  broadcast(to: Vec, at: Int, offset: number): void {
    this.#asm.emit('vbroadcastss', vector(to), place(at, offset))
  }
  constant(to: Vec, value: number): void {
    if (Object.is(value, 0)) {
      this.#asm.emit(this.traits.masks ? 'vpxord' : 'vxorps', vector(to), vector(to), vector(to))
      return
    }
    const [bits] = new Int32Array(Float32Array.of(value).buffer)
    const label = this.#constants.get(bits) ?? this.#asm.label()
    this.#constants.set(bits, label)
    this.#asm.emit('vbroadcastss', vector(to), ripLabel(label))
  }
  /** Places the constants, behind the code. */
  finish(): void {
    this.#asm.align(4)
    for (const [bits, label] of this.#constants) {
      this.#asm.bind(label)
      this.#asm.data(Uint8Array.from(littleEndian(bits, 4)))
    }
    for (const [label, table] of this.#tables) {
      this.#asm.bind(label)
      this.#asm.data(table)
    }
  }
  madd(acc: Vec, a: Vec, b: Vec): void {
    this.#asm.emit('vfmadd231ps', vector(acc), vector(a), vector(b))
  }
  horner(to: Vec, by: Vec, more: Vec): void {
    this.#asm.emit('vfmadd213ps', vector(to), vector(by), vector(more))
  }
  lanesAt(at: Int, offset: number): Lanes {
    // One is left for lanes that are known, and all are the matrix unit's where there is one.
    if (this.matrix !== null || this.#lanes === MASKS.length - 1) throw none('mask', this.#lanes)
    const mask = MASKS[MASKS.length - ++this.#lanes]
    this.#masks.clear()
    this.#asm.emit('kmovw', mask, place(at, offset))
    return mask as unknown as Lanes
  }
  loadSome(to: Vec, at: Int, offset: number, lanes: Lanes): void {
    this.#asm.emit('vmovups', masked(vector(to), lanes as unknown as Mask, 'zero'), place(at, offset))
  }
  storeSome(at: Int, offset: number, from: Vec, lanes: Lanes): void {
    this.#asm.emit('vmovups', masked(place(at, offset), lanes as unknown as Mask, 'merge'), vector(from))
  }
  neighbours(phases: readonly Vec[]): void {
    this.scope(() => neighbours(this.#asm, phases.map(vector), vector(this.vec())))
  }
  maddFloat(acc: Vec, a: Vec, at: Int, offset: number): void {
    this.#asm.emit('vfmadd231ps', vector(acc), vector(a), bcst(place(at, offset)))
  }
  plus(to: Vec, a: Vec, b: Vec): void {
    this.#asm.emit('vaddps', vector(to), vector(a), vector(b))
  }
  minus(to: Vec, a: Vec, b: Vec): void {
    this.#asm.emit('vsubps', vector(to), vector(a), vector(b))
  }
  times(to: Vec, a: Vec, b: Vec): void {
    this.#asm.emit('vmulps', vector(to), vector(a), vector(b))
  }
  over(to: Vec, a: Vec, b: Vec): void {
    this.#asm.emit('vdivps', vector(to), vector(a), vector(b))
  }
  sqrt(to: Vec, from: Vec): void {
    this.#asm.emit('vsqrtps', vector(to), vector(from))
  }
  // vminps and vmaxps give their second source where either is NaN or both are zero: that is `a` here.
  min(to: Vec, a: Vec, b: Vec): void {
    this.#asm.emit('vminps', vector(to), vector(b), vector(a))
  }
  max(to: Vec, a: Vec, b: Vec): void {
    this.#asm.emit('vmaxps', vector(to), vector(b), vector(a))
  }
  evens(to: Vec, a: Vec, b: Vec): void {
    this.part(to, a, b, 0)
    this.order(to)
  }
  odds(to: Vec, a: Vec, b: Vec): void {
    this.part(to, a, b, 1)
    this.order(to)
  }
  /** Two lanes of a and two of b side by side in every 128 bits. */
  part(to: Vec, a: Vec, b: Vec, from: 0 | 1): void {
    this.#asm.emit('vshufps', vector(to), vector(a), vector(b), from === 0 ? 0x88 : 0xdd)
  }
  /** Pairs of lanes: 0, 2, 1, 3. */
  order(to: Vec): void {
    this.#asm.emit('vpermpd', vector(to), vector(to), 0xd8)
    if (this.traits.lanes === 16) this.#asm.emit('vshuff32x4', vector(to), vector(to), vector(to), 0xd8)
  }
  thirds(from: number): readonly [Vec, Vec] {
    const [first, second] = thirdPlaces(from, this.traits.lanes)
    return [this.#table(first), this.#table(second)]
  }
  third(to: Vec, [a, b, c]: readonly [Vec, Vec, Vec], [first, second]: readonly [Vec, Vec]): void {
    this.moveParted(to, a, b, first)
    this.moveParted(to, to, c, second)
  }
  moves(by: 1 | -1): Vec {
    return this.#table(movedPlaces(by, this.traits.lanes))
  }
  /** A fresh register of places. */
  #table(places: readonly number[]): Vec {
    const [to, label] = [this.vec(), this.#asm.label()]
    this.#tables.push([label, new Uint8Array(Int32Array.from(places).buffer)])
    this.#asm.emit('vmovups', vector(to), ripLabel(label))
    return to
  }
  moveParted(to: Vec, from: Vec, beside: Vec, by: Vec): void {
    if (to !== from) this.#asm.emit('vmovaps', vector(to), vector(from))
    this.#asm.emit('vpermt2ps', vector(to), vector(by), vector(beside))
  }
}

/** The machine code of a kernel: position-independent, without a reference to anything. */
export function emitX64(kernel: KernelFunction, traits: MachineTraits): Uint8Array {
  const asm = new Assembler()
  for (const name of SAVED) asm.emit('push', r64[name])
  const machine = new X64Machine(asm, traits)
  kernel.emit(machine)
  for (const name of [...SAVED].reverse()) asm.emit('pop', r64[name])
  asm.emit('vzeroupper')
  asm.emit('ret')
  machine.finish()
  return asm.finish().bytes
}

function argument(index: number) {
  return mem({ base: BASE, index: ARGS, scale: 1, disp: 4 * index })
}
function place(at: Int, offset: number) {
  return mem({ base: BASE, index: full(at), scale: 1, disp: offset })
}
function none(kind: string, count: number): WeftError {
  return new WeftError('INTERNAL', `a kernel takes more than the ${count} ${kind} registers that there are`)
}
