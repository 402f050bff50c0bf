// Every case that is compared with GNU as: its text, and the calls that should give the same bytes.
import type { Assembler } from '../../src/isa/x64/assembler.ts'
import { allForms, type Form, type Slot } from '../../src/isa/x64/encode-form.ts'
import type { Mnemonic } from '../../src/isa/x64/instructions.ts'
import {
  type Bits,
  bcst,
  k,
  type Masked,
  type Memory,
  masked,
  mem,
  type Operand,
  type Rip,
  r32,
  r64,
  xmm,
  ymm,
  zmm,
} from '../../src/isa/x64/operands.ts'
import { programs } from './programs.ts'
import { textOf } from './text.ts'
import { addresses, allAddresses, CORNERS, immediates, register } from './values.ts'

export interface Case {
  readonly text: string
  emit(asm: Assembler): void
}

/** In one order always: the bytes are stored in it. Each text comes once. */
export function* cases(): Generator<Case> {
  const seen = new Set<string>()
  for (const one of [...instructions(), ...programs()]) {
    if (seen.has(one.text)) continue
    seen.add(one.text)
    yield one
  }
}

function* instructions(): Generator<Case> {
  for (const form of [...allForms().values()].flat()) {
    if (form.places.includes('D')) continue
    for (const operands of operandsOf(form)) if (!hasTwins(operands)) yield instruction(form, operands)
  }
  yield* crossed()
}

function instruction(form: Form, operands: readonly Operand[]): Case {
  return { text: textOf(form, operands), emit: (asm) => asm.emit(form.name as Mnemonic, ...operands) }
}

/** One operand after the other takes all its values, the others standing still: at low registers, then at high ones. */
function* operandsOf(form: Form): Generator<readonly Operand[]> {
  for (const first of form.encoding === 'EVEX' ? [1, 17] : [1, 9]) {
    const still = form.slots.map((slot, index) => usual(form, slot, first + index))
    if (form.slots.length === 0) yield []
    for (const [index, slot] of form.slots.entries())
      for (const value of valuesOf(form, slot, first + index)) yield still.with(index, value)
  }
  const registers = form.slots.flatMap((slot, index) => (slot.registers.length > 0 ? [index] : []))
  yield* corners(
    form,
    registers,
    form.slots.map((slot, index) => usual(form, slot, index)),
  )
}

/** Registers in every combination of the bits of their numbers. */
function* corners(form: Form, left: readonly number[], operands: readonly Operand[]): Generator<readonly Operand[]> {
  if (left.length === 0) return yield operands
  const [index, ...others] = left
  const kind = form.slots[index].registers[0]
  for (const id of CORNERS) if (id < countOf(form, kind)) yield* corners(form, others, operands.with(index, register(kind, id)))
}

export function usual(form: Form, slot: Slot, id: number): Operand {
  if (slot.words[0] === 'eax' || slot.words[0] === 'rax') return slot.words[0] === 'eax' ? r32.eax : r64.rax
  const [kind] = slot.registers
  if (kind !== undefined) return register(kind, id % countOf(form, kind))
  if (slot.words[0] === 'sib') return mem({ base: r64.rdx, index: r64.rcx, disp: 64 })
  if (slot.memory !== null) return mem({ base: r64.rdx, disp: 64, ...bitsOf(form, slot) })
  // Too large for the form of 8 bits, which would be taken instead.
  return slot.words[0].endsWith('32') ? 1000 : immediates(slot)[0]
}

function* valuesOf(form: Form, slot: Slot, id: number): Generator<Operand> {
  yield* immediates(slot)
  for (const kind of slot.registers) for (let number = 0; number < countOf(form, kind); number++) yield register(kind, number)
  if (slot.memory !== null)
    for (const address of addresses(bitsOf(form, slot).bits ?? null)) if (takes(slot, address)) yield address
  if (slot.element !== null) for (const address of addresses(null)) yield bcst(address)
  if (slot.mask !== 'none') yield* maskedOf(form, slot, id)
}

function* maskedOf(form: Form, slot: Slot, id: number): Generator<Masked> {
  for (let mask = 1; mask < 8; mask++) {
    for (const kind of slot.registers) {
      yield masked(register(kind, id % countOf(form, kind)), k(mask), 'merge')
      if (slot.mask === 'zero') yield masked(register(kind, id % countOf(form, kind)), k(mask), 'zero')
    }
    if (slot.memory !== null)
      for (const disp of [0, 4, 64, 1000]) yield masked(mem({ base: r64.r8, index: r64.rax, disp }), k(mask), 'merge')
  }
}

function countOf(form: Form, kind: string): number {
  return kind === 'k' || kind === 'tmm' ? 8 : form.encoding === 'EVEX' && kind.endsWith('mm') ? 32 : 16
}

/** No instruction takes a tile twice. */
function hasTwins(operands: readonly Operand[]): boolean {
  const tiles = operands.flatMap((operand) => (typeof operand === 'object' && operand.kind === 'tmm' ? operand.id : []))
  return new Set(tiles).size < tiles.length
}

/** Rows of memory have both a base and the distance between them. */
function takes(slot: Slot, address: Memory | Rip): boolean {
  return slot.words[0] !== 'sib' || (address.kind === 'memory' && address.base !== null && address.index !== null)
}

/** Memory says its size where no register beside it does. */
function bitsOf(form: Form, slot: Slot): { bits?: Bits } {
  const said = form.slots.some((other) => other !== slot && other.registers.length > 0)
  return said || slot.memory === null || slot.memory < 16 ? {} : { bits: slot.memory as Bits }
}

/** All addresses, and all registers together, for one instruction of each encoding. */
function* crossed(): Generator<Case> {
  const [mov] = formsOf('mov', 'RM')
  const [, load] = formsOf('vmovups', 'RM')
  for (const address of allAddresses()) {
    yield instruction(mov, [r32.r9d, address])
    for (const to of [ymm(9), ymm(25)]) yield instruction(load, [to, address])
  }
  const [short, , long] = formsOf('vfmadd231ps', 'RVM').slice(2)
  for (const [form, kind] of [
    [short, xmm],
    [long, zmm],
  ] as const)
    for (let a = 0; a < 32; a++)
      for (let b = 0; b < 32; b++) for (let c = 0; c < 32; c++) yield instruction(form, [kind(a), kind(b), kind(c)])
}

function formsOf(name: Mnemonic, places: string): readonly Form[] {
  return (
    allForms()
      .get(name)
      ?.filter((form) => form.places.join('') === places) ?? []
  )
}
