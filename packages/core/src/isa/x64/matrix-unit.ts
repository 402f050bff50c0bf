// The matrix unit as AMX, and the operations of AVX-512 that make its pairs.
import { WeftError } from '../../errors.ts'
import type { Int, Machine, Vec } from '../machine.ts'
import { type Far, type Mask, type MatrixUnit, type Pairing, type Short, TILES, type Tile } from '../matrix-unit.ts'
import type { Assembler } from './assembler.ts'
import { k, masked, mem, tmm } from './operands.ts'
import { BASE, full, low, type Vector, vector } from './registers.ts'

/** Mask registers: k0 stands for no mask, and k1 is the machine's own. */
const [FIRST_MASK, MASKS] = [2, 6]

/** For vfixupimmps: quiet and signalling NaN become the default one, everything else stays. */
const NAN_TABLE = 0x33

export class X64MatrixUnit implements MatrixUnit {
  readonly #asm: Assembler
  readonly #machine: Machine
  /** Tiles and masks that are taken: what a scope gives back. */
  taken = { tiles: 0, masks: 0 }

  constructor(asm: Assembler, machine: Machine) {
    this.#asm = asm
    this.#machine = machine
  }

  use(config: number, body: () => void): void {
    this.#machine.scope(() => this.#asm.emit('ldtilecfg', mem({ base: BASE, index: full(this.#machine.arg(config)) })))
    this.#machine.scope(body)
    this.#asm.emit('tilerelease')
  }
  tile(): Tile {
    const { tiles } = this.taken
    if (tiles === TILES) throw new WeftError('INTERNAL', `a kernel takes more than the ${TILES} tiles that there are`)
    this.taken = { ...this.taken, tiles: tiles + 1 }
    return tmm(tiles) as unknown as Tile
  }
  loadTile(to: Tile, at: Far, offset: number, stride: Far): void {
    this.#asm.emit('tileloadd', tileOf(to), mem({ base: full(at), index: full(stride), disp: offset }))
  }
  storeTile(at: Far, offset: number, stride: Far, from: Tile): void {
    this.#asm.emit('tilestored', mem({ base: full(at), index: full(stride), disp: offset }), tileOf(from))
  }
  multiply(acc: Tile, a: Tile, b: Tile): void {
    this.#asm.emit('tdpbf16ps', tileOf(acc), tileOf(a), tileOf(b))
  }

  far(at: Int): Far {
    this.#asm.emit('add', full(at), BASE)
    return at as unknown as Far
  }
  distance(bytes: number): Far {
    return this.#machine.number(bytes) as unknown as Far
  }
  advance(to: Far, bytes: number): void {
    this.#asm.emit('add', full(to), bytes)
  }
  prefetch(at: Far, by: Int | null, offset: number): void {
    this.#asm.emit('prefetcht0', mem({ base: full(at), ...(by && { index: full(by) }), disp: offset }))
  }
  mask(): Mask {
    const { masks } = this.taken
    if (masks === MASKS) throw new WeftError('INTERNAL', `a kernel takes more than the ${MASKS} masks that there are`)
    this.taken = { ...this.taken, masks: masks + 1 }
    return k(FIRST_MASK + masks) as unknown as Mask
  }
  loadMask(to: Mask, at: Int, offset: number): void {
    this.#asm.emit('kmovw', lanesOf(to), mem({ base: BASE, index: full(at), disp: offset }))
  }
  loadLanes(to: Vec, at: Far, by: Int, lanes: Mask, others: 'zero' | 'stay'): void {
    const mode = others === 'zero' ? 'zero' : 'merge'
    this.#asm.emit('vmovups', masked(vector(to), lanesOf(lanes), mode), mem({ base: full(at), index: full(by) }))
  }
  pairing(): Pairing {
    const [keep, half, nan] = [0xffff0000, 0x8000, NAN_TABLE].map((bits) => this.#lanesOf(bits))
    return { keep, half, nan }
  }
  /** A fresh register with these bits in every lane. */
  #lanesOf(bits: number): Vec {
    const to = this.#machine.vec()
    this.#machine.scope(() => this.#asm.emit('vpbroadcastd', vector(to), low(this.#machine.number(bits))))
    return to
  }
  pairs(high: Vec, rest: Vec, even: Vec, odd: Vec, { keep, half, nan }: Pairing): void {
    const [to, left, a, b, bits, round, table] = [high, rest, even, odd, keep, half, nan].map(vector)
    const lead = (from: Vector) => {
      this.#asm.emit('vfixupimmps', from, from, table, 0)
      this.#asm.emit('vpaddd', left, from, round)
      this.#asm.emit('vpandd', left, left, bits)
      this.#asm.emit('vsubps', from, from, left)
      this.#asm.emit('vpaddd', from, from, round)
    }
    lead(a)
    this.#asm.emit('vpsrld', to, left, 16)
    lead(b)
    this.#asm.emit('vpord', to, to, left)
    this.#asm.emit('vpsrld', left, a, 16)
    // left | (b & keep)
    this.#asm.emit('vpternlogd', left, b, bits, 0xf8)
  }
  short(): Short {
    const [upper, lower] = [0xffff0000, 0xff00].map((bits) => this.#lanesOf(bits))
    return { upper, lower }
  }
  loadShort([first, second, third, fourth]: readonly Vec[], at: Int, offset: number, { upper, lower }: Short): void {
    this.#machine.scope(() => {
      const [halves, bytes, spare] = [0, 1, 2].map(() => vector(this.#machine.vec()))
      const [a, b, c, d, high, byte] = [first, second, third, fourth, upper, lower].map(vector)
      const memory = (index: number) => mem({ base: BASE, index: full(at), disp: offset + 64 * index })
      /** to | (from & mask) */
      const join = (to: Vector, from: Vector, mask: Vector) => this.#asm.emit('vpternlogd', to, from, mask, 0xf8)
      this.#asm.emit('vmovups', halves, memory(0))
      this.#asm.emit('vmovups', bytes, memory(2))
      this.#asm.emit('vpandd', a, bytes, byte)
      join(a, halves, high)
      this.#asm.emit('vpslld', b, halves, 16)
      this.#asm.emit('vpslld', spare, bytes, 8)
      join(b, spare, byte)
      this.#asm.emit('vmovups', halves, memory(1))
      this.#asm.emit('vpsrld', c, bytes, 8)
      this.#asm.emit('vpandd', c, c, byte)
      join(c, halves, high)
      this.#asm.emit('vpslld', d, halves, 16)
      this.#asm.emit('vpsrld', spare, bytes, 16)
      join(d, spare, byte)
    })
  }
}

function tileOf(tile: Tile): ReturnType<typeof tmm> {
  return tile as unknown as ReturnType<typeof tmm>
}
function lanesOf(lanes: Mask): ReturnType<typeof k> {
  return lanes as unknown as ReturnType<typeof k>
}
