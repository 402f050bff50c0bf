import { describe, expect, it } from 'vitest'
import { WeftError } from '../../src/errors.ts'
import { Assembler } from '../../src/isa/x64/assembler.ts'
import { allForms, type Form, type Slot } from '../../src/isa/x64/encode-form.ts'
import type { Mnemonic } from '../../src/isa/x64/instructions.ts'
import {
  bcst,
  k,
  Label,
  type Memory,
  masked,
  mem,
  type Operand,
  r32,
  r64,
  ripLabel,
  ripSymbol,
  xmm,
  ymm,
  zmm,
} from '../../src/isa/x64/operands.ts'
import { usual } from './cases.ts'

const forms = [...allForms().values()].flat().filter(({ slots }) => slots.length > 0)
const at = mem({ base: r64.rax })
const bad = (fields: object): Memory => ({ ...at, ...fields }) as Memory
const nonsense = (value: unknown): Operand => value as Operand

/** What no instruction takes anywhere. */
const NEVER: Readonly<Record<string, Operand>> = {
  'nothing at all': nonsense(undefined),
  null: nonsense(null),
  'a name': nonsense('rax'),
  'an object': nonsense({}),
  'a fraction': 0.5,
  'not a number': Number.NaN,
  'an infinite number': Number.POSITIVE_INFINITY,
  'more than 2^53': 2 ** 53,
  'more than 64 bits': 2n ** 64n,
  'less than 64 bits': -(2n ** 63n) - 1n,
  xmm32: xmm(32),
  ymm32: ymm(32),
  zmm32: zmm(32),
  'xmm-1': xmm(-1),
  'ymm1.5': ymm(1.5),
  k8: k(8),
  'a 17th register of 64 bits': { kind: 'r64', id: 16 },
  'a 17th register of 32 bits': { kind: 'r32', id: 16 },
  'index rsp': mem({ base: r64.rax, index: r64.rsp }),
  'base of 32 bits': bad({ base: r32.eax }),
  'base that is a vector': bad({ base: xmm(1) }),
  'a 17th register as base': bad({ base: { kind: 'r64', id: 16 } }),
  'no base': bad({ base: undefined }),
  'index of 32 bits': bad({ index: r32.ecx }),
  'index that is a vector': bad({ index: zmm(1) }),
  'scale 3': bad({ index: r64.rcx, scale: 3 }),
  'scale 0': bad({ index: r64.rcx, scale: 0 }),
  'neither base nor index': mem({ disp: 64 }),
  'displacement 2^31': mem({ base: r64.rax, disp: 2 ** 31 }),
  'displacement -2^31 - 1': mem({ base: r64.rax, disp: -(2 ** 31) - 1 }),
  'displacement 0.5': mem({ base: r64.rax, disp: 0.5 }),
  'displacement NaN': mem({ base: r64.rax, disp: Number.NaN }),
  'displacement of a symbol': ripSymbol('symbol', 2 ** 31),
  'symbol without a name': ripSymbol(''),
  'no label': ripLabel(nonsense(null) as Label),
  'broadcast with index rsp': bcst(mem({ base: r64.rax, index: r64.rsp })),
  'broadcast of 8 bits': bcst(bad({ bits: 8 })),
  'broadcast of a register': bcst(nonsense(zmm(1)) as Memory),
  'broadcast of a broadcast': bcst(nonsense(bcst(at)) as Memory),
  'broadcast of nothing': bcst(nonsense(undefined) as Memory),
  'masked by k0': masked(zmm(1), k(0), 'merge'),
  'zeroed by k0': masked(zmm(1), k(0), 'zero'),
  'masked by k8': masked(ymm(1), k(8), 'merge'),
  'masked by a vector': masked(zmm(1), nonsense(zmm(1)) as ReturnType<typeof k>, 'merge'),
  'masked by nothing': masked(zmm(1), nonsense(undefined) as ReturnType<typeof k>, 'merge'),
  'masked in no mode': masked(zmm(1), k(1), 'neither' as 'zero'),
  'masked twice': masked(nonsense(masked(zmm(1), k(1), 'zero')) as ReturnType<typeof zmm>, k(1), 'zero'),
  'masked zmm32': masked(zmm(32), k(1), 'zero'),
  'masked number': masked(nonsense(1) as ReturnType<typeof zmm>, k(1), 'zero'),
  'masked nothing': masked(nonsense(undefined) as ReturnType<typeof zmm>, k(1), 'zero'),
  'memory set to zero': masked(at, k(1), 'zero'),
  'symbol set to zero': masked(ripSymbol('symbol'), k(1), 'zero'),
  'masked memory with index rsp': masked(mem({ base: r64.rax, index: r64.rsp }), k(1), 'merge'),
}

/** Every operand of every form in turn, in whose place `wrong` gives operands that nothing of that name takes. */
function refused(wrong: (form: Form, slot: Slot, index: number) => readonly Operand[]): number {
  let count = 0
  for (const form of forms)
    for (const [index, slot] of form.slots.entries())
      for (const operand of wrong(form, slot, index)) {
        const operands = form.slots.map((other, place) => usualIn(form, other, place)).with(index, operand)
        expectRefusal(form.name, operands, index)
        count++
      }
  return count
}

/** The first operand: the only one of a branch. */
function usualIn(form: Form, slot: Slot, index: number): Operand {
  return form.places.includes('D') ? new Label() : usual(form, slot, index + 1)
}

function expectRefusal(name: string, operands: readonly Operand[], index: number): void {
  const asm = new Assembler()
  const error = caught(() => asm.emit(name as Mnemonic, ...operands))
  const told = error instanceof WeftError ? `${error.code} ${error.message} ${JSON.stringify(error.details)}` : `${error}`
  const start = `INTERNAL ${name}: operand ${index + 1}, `
  if (!told.startsWith(start) || !told.endsWith(JSON.stringify({ instruction: name, operand: index + 1 })))
    expect.fail(`${name} ${operands.map(String)}: operand ${index + 1} should be refused, but: ${told}`)
  if (asm.size !== 0) expect.fail(`${name}: something was emitted`)
}

function caught(body: () => void): unknown {
  try {
    body()
  } catch (error) {
    return error
  }
  return 'taken'
}

const ofName = ({ name }: Form) => allForms().get(name) ?? []

describe('every operand of every form', () => {
  it.each(Object.entries(NEVER))('is refused by name: %s', (_, operand) => {
    expect(refused(() => [operand])).toBeGreaterThan(800)
  })

  it('is refused if a register above 15 has no encoding', () => {
    const kinds = { xmm, ymm, zmm }
    const wrong = (form: Form, slot: Slot) =>
      ofName(form).some(({ encoding }) => encoding === 'EVEX')
        ? []
        : slot.registers.flatMap((kind) => (kind in kinds ? [16, 31].map((id) => kinds[kind as 'xmm'](id)) : []))
    expect(refused(wrong)).toBeGreaterThan(100)
  })

  it('is refused if a mask stands where none can', () => {
    const wrong = (form: Form, _: Slot, index: number) =>
      ofName(form).some(({ slots }) => slots[index]?.mask !== 'none')
        ? []
        : [xmm(1), ymm(1), zmm(1), k(1), r64.rax, at].map((operand) => masked(operand, k(1), 'merge'))
    expect(refused(wrong)).toBeGreaterThan(1000)
  })

  it('is refused if it is set to zero where it can only be merged', () => {
    const wrong = (_: Form, slot: Slot) =>
      slot.mask === 'merge' ? slot.registers.map((kind) => masked({ kind, id: 1 }, k(1), 'zero')) : []
    expect(refused(wrong)).toBe(3)
  })

  it('is refused if memory is broadcast where it cannot be', () => {
    const wrong = (form: Form, _: Slot, index: number) =>
      ofName(form).some(({ slots }) => slots[index]?.element) ? [] : [bcst(at), bcst(ripSymbol('symbol'))]
    expect(refused(wrong)).toBeGreaterThan(1000)
  })

  it('is refused if it is memory of another size', () => {
    const wrong = (form: Form, slot: Slot, index: number) => {
      const known = ofName(form).flatMap(({ slots }) => slots[index]?.memory ?? [])
      if (slot.memory === null || slot.memory < 16) return []
      const others = ([16, 32, 64, 128, 256, 512] as const).filter((bits) => !known.includes(bits))
      return others.flatMap((bits) => [mem({ base: r64.rax, bits }), ripSymbol('symbol', 0, bits)])
    }
    expect(refused(wrong)).toBeGreaterThan(1000)
  })

  it('is refused if it is an immediate that does not fit', () => {
    const over: Readonly<Record<string, readonly Operand[]>> = {
      '1': [0.5, -1, 256],
      i8: [2 ** 31, 2 ** 32 - 1, -(2 ** 31) - 1, 2 ** 40, 1n],
      w8: [2 ** 32, -(2 ** 31) - 1, 1n],
      u8: [-1, 256, 2 ** 32, 0.5, 1n],
      i32: [2 ** 31, -(2 ** 31) - 1, 2 ** 32 - 1, 1n],
      w32: [2 ** 32, -(2 ** 31) - 1, 1n],
      i64: [2 ** 53, -(2 ** 53), 2n ** 64n, -(2n ** 63n) - 1n],
    }
    const wide = (form: Form) => form.name === 'mov' && form.slots[0].registers[0] === 'r64'
    const wrong = (form: Form, slot: Slot) => (wide(form) && slot.words[0] !== 'i64' ? [] : (over[slot.words[0]] ?? []))
    expect(refused(wrong)).toBeGreaterThan(300)
  })
})

describe('an instruction', () => {
  const asm = new Assembler()
  const message = (name: string, ...operands: Operand[]) => {
    const error = caught(() => asm.emit(name as Mnemonic, ...operands))
    return error instanceof Error ? error.message : error
  }

  it('is refused if there is none of its name', () => {
    for (const name of ['vaddpz', 'toString', 'constructor', '', 'VADDPS'])
      expect(message(name)).toBe(`${name}: there is no such instruction`)
    // @ts-expect-error the table's names are the only ones
    expect(() => asm.emit('vaddpz')).toThrow(WeftError)
  })

  it('is refused with too few or too many operands', () => {
    for (const [name, all] of allForms()) {
      const counts = [...new Set(all.map(({ slots }) => slots.length))]
      for (const count of [0, 1, 2, 3, 4, 5])
        if (!counts.includes(count))
          expect(message(name, ...new Array(count).fill(r64.rax))).toContain(`${name}: ${count} operands are given, not `)
    }
  })

  it('is refused if only the size of its memory is missing', () => {
    for (const name of ['add', 'cmp', 'mov', 'test'] as const)
      expect(message(name, at, 1)).toBe(`${name}: operand 1, [rax], must say its bits: 32 or 64`)
    for (const name of ['inc', 'dec', 'neg'] as const)
      expect(message(name, ripSymbol('symbol'))).toBe(`${name}: operand 1, [rip+symbol], must say its bits: 32 or 64`)
    expect(message('shl', at, 1)).toContain('must say its bits')
    expect(message('add', at, r64.rax)).toBe('taken')
  })

  it('says in its refusal what is wrong', () => {
    expect(message('vaddps', ymm(1), ymm(2), xmm(3))).toBe('vaddps: operand 3, xmm3, is not one of ymm, m256, b32')
    expect(message('vxorps', zmm(1), zmm(1), zmm(1))).toBe('vxorps: operand 1, zmm1, is not one of xmm, ymm')
    expect(message('add', r32.eax, r64.rax)).toMatch(/^add: operand 2, rax, is not one of r32, m32, /)
    expect(message('vmaskmovps', ymm(1), ymm(16), at)).toBe(
      'vmaskmovps: operand 2, ymm16, cannot be encoded: its number is not one of 0 to 15',
    )
    expect(message('mov', r64.rax, mem({ base: r64.rax, index: r64.rsp, scale: 2, disp: -8 }))).toBe(
      'mov: operand 2, [rax+rsp*2-8], cannot be encoded: rsp cannot be an index',
    )
    expect(message('add', r64.rax, 2 ** 31)).toBe(
      'add: operand 2, 2147483648, cannot be encoded: it is not a whole number of 32 bits with a sign',
    )
    expect(message('vaddps', masked(zmm(1), k(0), 'zero'), zmm(2), zmm(3))).toMatch(/k0 cannot be its mask/)
    expect(message('vmovups', masked(at, k(2), 'zero'), zmm(2))).toMatch(
      /^vmovups: operand 1, \[rax\]\{k2\}\{z\}, cannot be encoded: its other lanes can be kept, but not set to zero/,
    )
    expect(message('vmovups', zmm(2), bcst(at))).toMatch(/operand 2, \[rax\]\{1toN\}.*: nothing is broadcast from memory here/)
  })
})
