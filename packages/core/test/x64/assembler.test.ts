import { describe, expect, it } from 'vitest'
import { Assembler } from '../../src/isa/x64/assembler.ts'
import { Label, mem, r32, r64, ripLabel, ripSymbol, xmm, ymm, zmm } from '../../src/isa/x64/operands.ts'
import { BRANCHES } from './programs.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const filler = (count: number) => new Uint8Array(count).fill(0x90)
const names = BRANCHES.filter((name) => name !== 'call')

describe('a branch', () => {
  it.each(names)('%s back is short up to 128 bytes from its end', (name) => {
    for (const fill of [0, 125, 126, 127, 128]) {
      const asm = new Assembler()
      const label = asm.label()
      asm.bind(label)
      asm.data(filler(fill))
      asm.emit(name, label)
      const code = asm.finish().bytes.subarray(fill)
      const near = name === 'jmp' ? 5 : 6
      expect(code.length, `${fill}`).toBe(fill <= 126 ? 2 : near)
      const view = new DataView(code.buffer, code.byteOffset)
      expect(fill <= 126 ? view.getInt8(1) : view.getInt32(near - 4, true)).toBe(-fill - code.length)
    }
  })

  it.each(BRANCHES)('%s ahead is near, at any distance', (name) => {
    for (const fill of [0, 1, 127, 128, 129, 100_000]) {
      const asm = new Assembler()
      const label = asm.label()
      asm.emit(name, label)
      const { size } = asm
      asm.data(filler(fill))
      asm.bind(label)
      const { bytes } = asm.finish()
      expect(size).toBe(name === 'jmp' || name === 'call' ? 5 : 6)
      expect(new DataView(bytes.buffer).getInt32(size - 4, true)).toBe(fill)
    }
  })

  it('reaches its own start, and many reach one label', () => {
    const asm = new Assembler()
    const [here, end] = [asm.label(), asm.label()]
    asm.bind(here)
    asm.emit('jmp', here)
    asm.emit('jz', end)
    asm.emit('call', end)
    asm.bind(end)
    asm.emit('ret')
    expect(hex(asm.finish().bytes)).toBe('ebfe0f8405000000e800000000c3')
  })
})

describe('a label', () => {
  it('is refused if it is used and never bound', () => {
    const asm = new Assembler()
    asm.emit('nop')
    asm.emit('jnz', asm.label())
    expect(() => asm.finish()).toThrow('jnz: its label is never bound')
    const other = new Assembler()
    other.emit('lea', r64.rax, ripLabel(other.label()))
    expect(() => other.finish()).toThrow('lea: its label is never bound')
  })

  it('need not be used, nor bound if it is not', () => {
    const asm = new Assembler()
    asm.label()
    asm.bind(asm.label())
    asm.emit('ret')
    expect(hex(asm.finish().bytes)).toBe('c3')
  })

  it('is refused if it is bound twice', () => {
    const asm = new Assembler()
    const label = asm.label()
    asm.bind(label)
    expect(() => asm.bind(label)).toThrow('a label is bound twice')
  })

  it('is refused if it is of another assembler, or of none', () => {
    const asm = new Assembler()
    const bound = new Assembler()
    const label = bound.label()
    bound.bind(label)
    for (const foreign of [new Assembler().label(), new Label(), label]) {
      expect(() => asm.emit('jmp', foreign)).toThrow('jmp: its label is of another assembler')
      expect(() => asm.emit('lea', r64.rax, ripLabel(foreign))).toThrow('lea: its label is of another assembler')
      expect(() => asm.bind(foreign)).toThrow('another assembler')
    }
    expect(asm.size).toBe(0)
    expect(hex(asm.finish().bytes)).toBe('')
  })

  it('is refused if it is more than 32 bits away', () => {
    const asm = new Assembler()
    const label = asm.label()
    asm.bind(label)
    asm.emit('lea', r64.rax, ripLabel(label, -(2 ** 31) + 7))
    expect(() => asm.finish()).not.toThrow()
    asm.emit('lea', r64.rax, ripLabel(label, -(2 ** 31) + 7))
    expect(() => asm.finish()).toThrow('lea: its label is -2147483655 bytes away, beyond 32 bits')
  })
})

describe('a fixup', () => {
  it('is where the 32 bits are, and counts from them', () => {
    const asm = new Assembler()
    asm.emit('nop')
    asm.emit('call', ripSymbol('napi_create_double'))
    asm.emit('mov', r64.rax, ripSymbol('table', 16))
    asm.emit('cmp', ripSymbol('word', 0, 32), 5)
    asm.emit('cmp', ripSymbol('word', 0, 64), 500)
    asm.emit('vfmadd231ps', zmm(17), zmm(18), ripSymbol('ones'))
    asm.emit('vshufps', ymm(1), ymm(2), ripSymbol('ones', -32), 27)
    const { bytes, fixups } = asm.finish()
    expect(fixups).toEqual([
      { at: 3, name: 'napi_create_double', addend: -4 },
      { at: 10, name: 'table', addend: 12 },
      { at: 16, name: 'word', addend: -5 },
      { at: 24, name: 'word', addend: -8 },
      { at: 38, name: 'ones', addend: -4 },
      { at: 46, name: 'ones', addend: -37 },
    ])
    for (const { at } of fixups) expect([...bytes.subarray(at, at + 4)]).toEqual([0, 0, 0, 0])
    expect(hex(bytes.subarray(1, 3))).toBe('ff15')
  })

  it('is refused if its addend is beyond 32 bits', () => {
    const asm = new Assembler()
    expect(() => asm.emit('lea', r64.rax, ripSymbol('far', -(2 ** 31)))).toThrow('lea: far + -2147483648 is beyond 32 bits')
    expect([asm.size, asm.finish().fixups]).toEqual([0, []])
    asm.emit('lea', r64.rax, ripSymbol('far', -(2 ** 31) + 4))
    expect(asm.finish().fixups).toEqual([{ at: 3, name: 'far', addend: -(2 ** 31) }])
  })
})

describe('finish', () => {
  it('gives the same again, in arrays of its own, and more after more is emitted', () => {
    const asm = new Assembler()
    const end = asm.label()
    asm.emit('call', ripSymbol('callee'))
    asm.emit('jmp', end)
    asm.bind(end)
    const [first, second] = [asm.finish(), asm.finish()]
    expect(second).toEqual(first)
    expect(second.bytes.buffer).not.toBe(first.bytes.buffer)
    first.bytes.fill(0)
    expect(asm.finish()).toEqual(second)
    asm.emit('ret')
    const third = asm.finish()
    expect(hex(third.bytes)).toBe(`${hex(second.bytes)}c3`)
    expect(third.bytes.buffer.byteLength).toBe(asm.size)
  })

  it('gives nothing of nothing', () => {
    expect(new Assembler().finish()).toEqual({ bytes: new Uint8Array(0), fixups: [] })
  })
})

describe('an instruction that is refused', () => {
  it('leaves nothing behind', () => {
    const asm = new Assembler()
    asm.emit('mov', r32.eax, 7)
    expect(() => asm.emit('vaddps', xmm(1), xmm(2), mem({ base: r64.rax, index: r64.rsp }))).toThrow()
    expect(() => asm.emit('vshufps', xmm(1), xmm(2), ripSymbol('symbol'), 256)).toThrow()
    asm.emit('ret')
    expect(asm.finish()).toEqual({ bytes: Uint8Array.of(0xb8, 7, 0, 0, 0, 0xc3), fixups: [] })
  })
})

describe('align', () => {
  it('fills with as few instructions as it can that do nothing', () => {
    // The lengths of the instructions that each number of bytes is filled with.
    for (let fill = 0; fill < 64; fill++) {
      const asm = new Assembler()
      asm.data(filler(64 - fill))
      asm.align(64)
      expect(asm.size).toBe(64)
      const lengths = nopLengths(asm.finish().bytes.subarray(64 - fill))
      expect(lengths).toHaveLength(Math.ceil(fill / 9))
    }
  })

  it('keeps labels and branches across it', () => {
    const asm = new Assembler()
    const [again, end] = [asm.label(), asm.label()]
    asm.emit('jz', end)
    asm.align(16)
    asm.bind(again)
    asm.emit('dec', r32.ecx)
    asm.emit('jnz', again)
    asm.align(32)
    asm.bind(end)
    expect([again.at, end.at, asm.size]).toEqual([16, 32, 32])
    expect(hex(asm.finish().bytes)).toBe(`0f841a000000${nine}90ffc975fc${nine}${three}`)
  })

  it('takes a power of two up to a page', () => {
    const asm = new Assembler()
    asm.emit('nop')
    asm.align(1)
    expect(asm.size).toBe(1)
    asm.align(4096)
    expect(asm.size).toBe(4096)
    asm.align(4096)
    expect(asm.size).toBe(4096)
    for (const bytes of [0, -1, -16, 3, 24, 0.5, 8192, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => asm.align(bytes), `${bytes}`).toThrow(`code cannot be aligned to ${bytes} bytes`)
  })
})

const nine = '660f1f840000000000'
const three = '0f1f00'

/** Reads one nop after the other: 90, or 0f 1f with ModRM, SIB and displacement, each with 66 before it or not. */
function nopLengths(code: Uint8Array): number[] {
  const lengths: number[] = []
  for (let at = 0; at < code.length; ) {
    const start = at
    if (code[at] === 0x66) at++
    if (code[at] === 0x90) at++
    else {
      expect([code[at], code[at + 1]]).toEqual([0x0f, 0x1f])
      const modrm = code[at + 2]
      at += 3 + ((modrm & 7) === 4 ? 1 : 0) + [0, 1, 4][modrm >> 6]
    }
    lengths.push(at - start)
    expect(at).toBeLessThanOrEqual(code.length)
  }
  return lengths
}
