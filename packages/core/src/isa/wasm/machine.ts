// The vector machine as WebAssembly: one or two 128-bit locals a register, fused or not.
import { br_if, f32x4, func, i32, if_, type Local, local, loop, Module, v128 } from 'wasmati'
import { WeftError } from '../../errors.ts'
import type { Int, KernelFunction, Machine, MachineTraits, Vec } from '../machine.ts'
import { everySecond, type IntLocal, loadPart, storePart, type VecLocal } from './parts.ts'
import { exchange } from './phases.ts'

/** A register of the paired tier is two locals, side by side so that V8 can join them into one of 256 bits. */
type Lanes = readonly VecLocal[]

// As many as the machine with the fewest: a kernel that takes more would not run there.
const INTS = 13
const SPARE_VECTORS = 8

class WasmMachine implements Machine {
  readonly traits: MachineTraits
  readonly masked = null
  readonly matrix = null
  readonly #args: IntLocal
  readonly #ints: IntLocal[]
  readonly #vecs: Lanes[]
  #intsTaken = 0
  #vecsTaken = 0

  constructor(traits: MachineTraits, args: IntLocal, ints: IntLocal[], vectors: VecLocal[]) {
    this.traits = traits
    this.#args = args
    this.#ints = ints
    const parts = traits.lanes / 4
    this.#vecs = Array.from({ length: vectors.length / parts }, (_, index) => vectors.slice(index * parts, (index + 1) * parts))
  }

  scope(body: () => void): void {
    const [ints, vecs] = [this.#intsTaken, this.#vecsTaken]
    body()
    this.#intsTaken = ints
    this.#vecsTaken = vecs
  }
  vec(): Vec {
    if (this.#vecsTaken === this.#vecs.length)
      throw new WeftError('INTERNAL', `a kernel takes more than ${this.#vecs.length} vectors`)
    return this.#vecs[this.#vecsTaken++] as unknown as Vec
  }
  get free(): number {
    return this.#vecs.length - SPARE_VECTORS - this.#vecsTaken
  }
  int(): Int {
    if (this.#intsTaken === INTS) throw new WeftError('INTERNAL', `a kernel takes more than ${INTS} integers`)
    return this.#ints[this.#intsTaken++] as unknown as Int
  }

  arg(index: number): Int {
    const to = this.int()
    local.set(intOf(to), i32.load({ offset: 4 * index }, this.#args))
    return to
  }
  argFloat(to: Vec, index: number): void {
    for (const part of lanesOf(to)) local.set(part, v128.load32_splat({ offset: 4 * index }, this.#args))
  }
  number(value: number): Int {
    const to = this.int()
    local.set(intOf(to), i32.const(value | 0))
    return to
  }
  move(to: Int, from: Int): void {
    local.set(intOf(to), local.get(intOf(from)))
  }
  add(to: Int, by: Int | number): void {
    local.set(intOf(to), typeof by === 'number' ? i32.add(intOf(to), by | 0) : i32.add(intOf(to), intOf(by)))
  }
  scale(to: Int, by: number): void {
    local.set(intOf(to), i32.mul(intOf(to), by))
  }
  loadInt(to: Int, at: Int, offset: number): void {
    local.set(intOf(to), i32.load({ offset }, intOf(at)))
  }
  storeInt(at: Int, offset: number, from: Int): void {
    i32.store({ offset }, intOf(at), intOf(from))
  }
  loop(count: Int, body: () => void): void {
    const counter = intOf(count)
    local.get(counter)
    if_({ in: [], out: [] }, () => {
      loop({ in: [], out: [] }, (again) => {
        this.scope(body)
        local.tee(counter, i32.sub(counter, 1))
        br_if(again)
      })
    })
  }

  /** V8 looks in every turn whether it is to stop: two products a turn are some 3 % faster. An odd one comes first. */
  innerLoop(count: Int, body: () => void): void {
    const counter = intOf(count)
    i32.and(counter, 1)
    if_({ in: [], out: [] }, () => this.scope(body))
    local.set(counter, i32.shr_u(counter, 1))
    this.loop(count, () => {
      this.scope(body)
      this.scope(body)
    })
  }

  /** There is no such instruction. V8 keeps a load whose value nobody reads, as it may trap. */
  prefetch(at: Int, offset: number): void {
    local.set(this.#ints[INTS], i32.load({ offset }, intOf(at)))
  }
  load(to: Vec, at: Int, offset: number): void {
    lanesOf(to).forEach((part, index) => local.set(part, v128.load({ offset: offset + 16 * index, align: 4 }, intOf(at))))
  }
  /** The upper part first: V8, which joins the two, else stores the lower one by itself besides, as it would be where the upper one traps. */
  store(at: Int, offset: number, from: Vec): void {
    const parts = lanesOf(from)
    for (let index = parts.length - 1; index >= 0; index--)
      v128.store({ offset: offset + 16 * index, align: 4 }, intOf(at), parts[index])
  }
  loadFirst(to: Vec, at: Int, offset: number, count: number): void {
    lanesOf(to).forEach((part, index) => loadPart(part, intOf(at), offset + 16 * index, count - 4 * index))
  }
  storeFirst(at: Int, offset: number, from: Vec, count: number): void {
    lanesOf(from).forEach((part, index) => storePart(intOf(at), offset + 16 * index, part, count - 4 * index))
  }
  loadPhases(to: readonly Vec[], at: Int, offset: number, step = 16): void {
    this.#eachPart(to, (parts, part) => {
      parts.forEach((vector, index) => {
        local.set(vector, v128.load({ offset: offset + step * (to.length * part + index), align: 4 }, intOf(at)))
      })
      this.scope(() => exchange(parts, () => lanesOf(this.vec())[0], 'apart'))
    })
  }
  storePhases(at: Int, offset: number, from: readonly Vec[]): void {
    this.#eachPart(from, (parts, part) => {
      this.scope(() => exchange(parts, () => lanesOf(this.vec())[0], 'together'))
      parts.forEach((vector, index) => {
        v128.store({ offset: offset + 16 * (from.length * part + index), align: 4 }, intOf(at), vector)
      })
    })
  }
  broadcast(to: Vec, at: Int, offset: number): void {
    for (const part of lanesOf(to)) local.set(part, v128.load32_splat({ offset }, intOf(at)))
  }
  constant(to: Vec, value: number): void {
    for (const part of lanesOf(to)) local.set(part, v128.const('f32x4', [value, value, value, value]))
  }
  madd(acc: Vec, a: Vec, b: Vec): void {
    const [left, right] = [lanesOf(a), lanesOf(b)]
    lanesOf(acc).forEach((part, index) => {
      if (this.traits.fused) local.set(part, f32x4.relaxed_madd(left[index], right[index], part))
      else local.set(part, f32x4.add(part, f32x4.mul(left[index], right[index])))
    })
  }
  horner(to: Vec, by: Vec, more: Vec): void {
    const [factors, addends] = [lanesOf(by), lanesOf(more)]
    lanesOf(to).forEach((part, index) => {
      if (this.traits.fused) local.set(part, f32x4.relaxed_madd(part, factors[index], addends[index]))
      else local.set(part, f32x4.add(addends[index], f32x4.mul(part, factors[index])))
    })
  }
  plus(to: Vec, a: Vec, b: Vec): void {
    this.#binary(to, a, b, f32x4.add)
  }
  minus(to: Vec, a: Vec, b: Vec): void {
    this.#binary(to, a, b, f32x4.sub)
  }
  times(to: Vec, a: Vec, b: Vec): void {
    this.#binary(to, a, b, f32x4.mul)
  }
  over(to: Vec, a: Vec, b: Vec): void {
    this.#binary(to, a, b, f32x4.div)
  }
  sqrt(to: Vec, from: Vec): void {
    const source = lanesOf(from)
    lanesOf(to).forEach((part, index) => local.set(part, f32x4.sqrt(source[index])))
  }
  min(to: Vec, a: Vec, b: Vec): void {
    this.#binary(to, a, b, f32x4.pmin)
  }
  max(to: Vec, a: Vec, b: Vec): void {
    this.#binary(to, a, b, f32x4.pmax)
  }
  evens(to: Vec, a: Vec, b: Vec): void {
    this.#everySecond(to, a, b, 0)
  }
  odds(to: Vec, a: Vec, b: Vec): void {
    this.#everySecond(to, a, b, 1)
  }

  #everySecond(to: Vec, a: Vec, b: Vec, first: number): void {
    const sources = [...lanesOf(a), ...lanesOf(b)]
    lanesOf(to).forEach((part, index) => everySecond(part, sources[2 * index], sources[2 * index + 1], first))
  }

  #eachPart(registers: readonly Vec[], body: (parts: VecLocal[], part: number) => void): void {
    for (let part = 0; part < this.traits.lanes / 4; part++)
      body(
        registers.map((register) => lanesOf(register)[part]),
        part,
      )
  }

  #binary(to: Vec, a: Vec, b: Vec, operation: typeof f32x4.add): void {
    const [left, right] = [lanesOf(a), lanesOf(b)]
    lanesOf(to).forEach((part, index) => local.set(part, operation(left[index], right[index])))
  }
}

/** The bytes of a module that imports `env.memory` and exports `kernel(args)`. */
export function emitWasm(kernel: KernelFunction, traits: MachineTraits, shared: boolean): Uint8Array<ArrayBuffer> {
  const parts = traits.lanes / 4
  const ints = new Array<typeof i32>(INTS + 1).fill(i32)
  const vectors = new Array<typeof v128>((traits.registers + SPARE_VECTORS) * parts).fill(v128)
  const locals = [...ints, ...vectors] as [typeof i32, ...(typeof i32 | typeof v128)[]]
  const body = func({ in: [i32], locals, out: [] }, ([args], taken) => {
    const all = taken as unknown as Local[]
    kernel.emit(new WasmMachine(traits, args, all.slice(0, INTS + 1) as IntLocal[], all.slice(INTS + 1) as VecLocal[]))
  })
  const memory = {
    kind: 'importMemory' as const,
    type: { limits: { min: 1, max: MAX_PAGES, shared } },
    deps: [],
    module: 'env',
    string: 'memory',
    value: undefined as unknown as WebAssembly.Memory,
  }
  return Module({ exports: { kernel: body }, memory }).toBytes() as Uint8Array<ArrayBuffer>
}

/** 4 GiB in pages of 64 KiB: what 32-bit offsets reach. */
const MAX_PAGES = 65536

function intOf(register: Int): IntLocal {
  return register as unknown as IntLocal
}
function lanesOf(register: Vec): Lanes {
  return register as unknown as Lanes
}
