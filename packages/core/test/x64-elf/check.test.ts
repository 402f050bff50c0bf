import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeSharedObject } from '../../src/isa/x64/elf.ts'
import { checkSharedObject } from '../../src/isa/x64/elf-check.ts'
import { Places, SAMPLES, sample } from './samples.ts'

const FILE = writeSharedObject(sample(5000, 40, 6, 100))
const [LOAD, DYNAMIC, NOTE, STACK, RELRO] = [1, 2, 4, 0x6474e551, 0x6474e552]

type Damage = readonly [what: string, damage: (places: Places, view: DataView) => void, complaint: string]

const u64 = (view: DataView, at: number, value: number): void => view.setBigUint64(at, BigInt(value), true)
const add = (view: DataView, at: number, value: number): void => u64(view, at, Number(view.getBigUint64(at, true)) + value)

const DAMAGES: readonly Damage[] = [
  ['another magic', (_, v) => v.setUint8(1, 0x46), 'it does not begin with the magic of ELF'],
  ['32 bits', (_, v) => v.setUint8(4, 1), 'the class is 1 and not 2'],
  ['big-endian', (_, v) => v.setUint8(5, 2), 'the byte order is 2 and not 1'],
  ['a program', (_, v) => v.setUint16(16, 2, true), 'the type is 2 and not 3'],
  ['64-bit Arm', (_, v) => v.setUint16(18, 183, true), 'the machine is 183 and not 62'],
  ['program headers outside', (_, v) => v.setUint16(56, 9999, true), 'the program headers are outside of the file'],
  ['section headers outside', (_, v) => add(v, 40, 64), 'the section headers do not end the file'],
  ['writable code', (p, v) => v.setUint32(p.segment(LOAD, 1) + 4, 7, true), 'segment 1: it is writable and executable'],
  ['executable slots', (p, v) => v.setUint32(p.segment(LOAD, 2) + 4, 7, true), 'segment 2: it is writable and executable'],
  ['code that does not run', (p, v) => v.setUint32(p.segment(LOAD, 1) + 4, 4, true), 'no segment can be executed'],
  ['slots that cannot be filled', (p, v) => v.setUint32(p.segment(LOAD, 2) + 4, 4, true), 'outside of the writable segment'],
  ['segments that overlap', (p, v) => add(v, p.segment(LOAD) + 40, 4096), 'segment 1: it overlaps the one before'],
  ['a segment behind the file', (p, v) => add(v, p.segment(LOAD, 2) + 32, 4096), 'segment 2: it ends outside of the file'],
  [
    'an address off its offset',
    (p, v) => add(v, p.segment(LOAD, 1) + 16, 64),
    'its address and its offset are not aligned alike',
  ],
  ['segments aligned to 16', (p, v) => u64(v, p.segment(LOAD, 1) + 48, 16), 'segment 1: it is not aligned to a page'],
  ['an alignment of 3', (p, v) => u64(v, p.segment(LOAD) + 48, 3), 'its alignment 3 is not a power of two'],
  ['a note of 8 bytes alignment', (p, v) => u64(v, p.segment(NOTE) + 48, 8), 'the note is no GNU build id'],
  ['an executable stack', (p, v) => v.setUint32(p.segment(STACK) + 4, 7, true), 'the stack is executable'],
  ['no word on the stack', (p, v) => v.setUint32(p.segment(STACK), 0, true), 'PT_GNU_STACK is missing'],
  ['no RELRO', (p, v) => v.setUint32(p.segment(RELRO), 0, true), 'PT_GNU_RELRO is missing'],
  ['a RELRO that ends with the slots', (p, v) => u64(v, p.segment(RELRO) + 40, 256), 'a writable segment stays writable'],
  ['a RELRO over the code', (p, v) => u64(v, p.segment(RELRO) + 16, 4096), 'a writable segment stays writable'],
  ['no dynamic section', (p, v) => v.setUint32(p.segment(DYNAMIC), 0, true), 'PT_DYNAMIC is missing'],
  ['no build id', (p, v) => v.setUint32(p.section('.note.gnu.build-id').start + 8, 1, true), 'the note is no GNU build id'],
  ['relocations in the text', (p, v) => u64(v, p.tag(30) + 8, 12), 'it asks for relocations in the text'],
  ['DT_TEXTREL', (p, v) => u64(v, p.tag(9), 22), 'it asks for relocations in the text'],
  ['lazy binding', (p, v) => u64(v, p.tag(30) + 8, 0), 'DT_FLAGS does not bind at once'],
  ['lazy binding, the other flag', (p, v) => u64(v, p.tag(0x6ffffffb) + 8, 0), 'DT_FLAGS_1 does not bind at once'],
  ['NODELETE', (p, v) => u64(v, p.tag(0x6ffffffb) + 8, 9), 'it cannot be unloaded'],
  ['no DT_HASH', (p, v) => u64(v, p.tag(4), 0x6000000f), 'DT_HASH is missing'],
  ['no DT_GNU_HASH', (p, v) => u64(v, p.tag(0x6ffffef5), 0x6000000f), 'DT_GNU_HASH is missing'],
  ['symbols outside', (p, v) => u64(v, p.tag(6) + 8, 2 ** 40), 'DT_SYMTAB is missing or outside of the loaded file'],
  ['strings outside', (p, v) => u64(v, p.tag(10) + 8, 10 ** 6), 'DT_STRTAB is missing or outside of the loaded file'],
  ['strings cut short', (p, v) => add(v, p.tag(10) + 8, -1), 'the strings do not begin and end with zero'],
  ['a soname outside', (p, v) => u64(v, p.tag(14) + 8, 10 ** 6), 'DT_SONAME is empty or outside of the strings'],
  ['symbols of 25 bytes', (p, v) => u64(v, p.tag(11) + 8, 25), 'DT_SYMENT is not 24'],
  ['relocations of 23 bytes', (p, v) => u64(v, p.tag(9) + 8, 23), 'DT_RELASZ or DT_RELAENT is wrong'],
  ['relocations without a size', (p, v) => u64(v, p.tag(8), 0x6000000f), 'do not come together'],
  ['a size without relocations', sizeOnly, 'do not come together'],
  ['tags without an end', (p, v) => u64(v, p.tag(0), 0x6000000f), 'does not end with DT_NULL'],
  ['a tag twice', (p, v) => u64(v, p.tag(14), 4), 'the dynamic section has the tag 4 twice'],
  ['too many symbols', (p, v) => v.setUint32(p.section('.hash').start + 4, 10 ** 9, true), 'symbols that DT_HASH counts'],
  ['no buckets', (p, v) => v.setUint32(p.section('.hash').start, 0, true), 'DT_HASH has 0 buckets'],
  ['a chain that turns in a circle', circle, 'DT_HASH does not find'],
  ['an empty bucket', (p, v) => emptyBuckets(v, p.section('.hash').start + 8), 'DT_HASH does not find export_'],
  ['a filter that lets nothing through', (p, v) => u64(v, p.section('.gnu.hash').start + 16, 0), 'DT_GNU_HASH does not find'],
  ['another shift', (p, v) => v.setUint32(p.section('.gnu.hash').start + 12, 5, true), 'DT_GNU_HASH does not find'],
  ['another first symbol', (p, v) => v.setUint32(p.section('.gnu.hash').start + 4, 6, true), 'begin at the first defined symbol'],
  ['three words of filter', (p, v) => v.setUint32(p.section('.gnu.hash').start + 8, 3, true), 'which is not a power of two'],
  ['a chain without an end', (p, v) => v.setUint32(p.section('.gnu.hash').end - 4, 2, true), 'DT_GNU_HASH does not find'],
  ['a symbol outside of the code', (p, v) => u64(v, p.section('.dynsym').end - 16, 100), 'it is outside of the code'],
  ['a symbol that ends outside', (p, v) => u64(v, p.section('.dynsym').end - 8, 6000), 'it is outside of the code'],
  ['a local symbol', (p, v) => v.setUint8(p.section('.dynsym').end - 20, 2), 'it is no global function'],
  ['a name outside', (p, v) => v.setUint32(p.section('.dynsym').end - 24, 10 ** 6, true), 'its name is empty or outside'],
  ['an undefined symbol at the end', (p, v) => v.setUint16(p.section('.dynsym').end - 18, 0, true), 'comes after one that is'],
  ['a name twice', twice, 'its name is there twice'],
  [
    'a relocation of the text',
    (p, v) => u64(v, p.section('.rela.dyn').start, p.section('.text').start),
    'outside of the writable',
  ],
  [
    'a relocation of the tags',
    (p, v) => u64(v, p.section('.rela.dyn').start, p.section('.dynamic').start),
    'in the dynamic section',
  ],
  ['a crooked slot', (p, v) => add(v, p.section('.rela.dyn').start, 4), 'relocation 0: its slot is not aligned'],
  ['a slot twice', (p, v) => add(v, p.section('.rela.dyn').start, 8), 'its slot has another relocation'],
  ['a lazy relocation', (p, v) => v.setUint32(p.section('.rela.dyn').start + 8, 7, true), 'relocation 0: it is of type 7'],
  ['a relocation to nothing', (p, v) => v.setUint32(p.section('.rela.dyn').start + 12, 999, true), 'there is no symbol 999'],
  ['an addend', (p, v) => u64(v, p.section('.rela.dyn').start + 16, 1), 'with addend 1'],
  ['a slot that is filled', (p, v) => u64(v, p.section('.got').start, 1), 'its slot is not empty in the file'],
  ['bytes in no section', (p, v) => v.setUint8(p.section('.text').end + 1, 1), 'there is something in no section'],
  ['a bucket that leads outside', (p, v) => stray(p, v, 10 ** 6), 'of DT_HASH leads to symbol 1000000, which is not there'],
  ['a bucket that leads to a strange symbol', (p, v) => stray(p, v, 1), 'DT_HASH leads to symbol 1 twice'],
  [
    'a filter that lets everything through',
    (p, v) => u64(v, p.section('.gnu.hash').start + 16, -1),
    'is not that of its symbols',
  ],
  ['a section without a name', (p, v) => v.setUint32(p.header('.text'), 0, true), 'section .text is missing'],
  ['a section outside', (p, v) => add(v, p.header('.shstrtab') + 32, 4096), 'it ends outside of the file'],
  ['sections that overlap', (p, v) => add(v, p.header('.hash') + 32, 64), 'it overlaps the one before'],
  ['a writable text section', (p, v) => u64(v, p.header('.text') + 8, 7), 'its flags are 7 and not 6'],
  ['a crooked section', (p, v) => u64(v, p.header('.text') + 48, 8192), 'its alignment 8192 is wrong'],
  ['a wrong link', (p, v) => v.setUint32(p.header('.hash') + 40, 1, true), 'its link is 1, which is not .dynsym'],
  ['a wrong info', (p, v) => v.setUint32(p.header('.dynsym') + 44, 2, true), 'its info is 2 and not 1'],
  ['names elsewhere', (_, v) => v.setUint16(62, 1, true), 'the names of the sections are not in .shstrtab'],
]

/** Every entry of the chains leads to itself. */
function circle(places: Places, view: DataView): void {
  const { start } = places.section('.hash')
  const chains = start + 8 + 4 * view.getUint32(start, true)
  for (let index = 1; index < view.getUint32(start + 4, true); index++) view.setUint32(chains + 4 * index, index, true)
}

/** Not to be counted up to, either. */
function sizeOnly(places: Places, view: DataView): void {
  u64(view, places.tag(8) + 8, 24 * 2 ** 40)
  u64(view, places.tag(7), 0x6000000f)
}

/** The first empty bucket is not empty any more. */
function stray(places: Places, view: DataView, symbol: number): void {
  let at = places.section('.hash').start + 8
  while (view.getUint32(at, true) !== 0) at += 4
  view.setUint32(at, symbol, true)
}

function emptyBuckets(view: DataView, at: number): void {
  for (let bucket = 0; bucket < 20; bucket++) view.setUint32(at + 4 * bucket, 0, true)
}

/** The last symbol takes the name of the one before it. */
function twice(places: Places, view: DataView): void {
  const { end } = places.section('.dynsym')
  view.setUint32(end - 24, view.getUint32(end - 48, true), true)
}

describe('the checker of shared objects', () => {
  it.each(SAMPLES)('finds nothing on an object of %s', (_, object) => {
    expect(checkSharedObject(writeSharedObject(object))).toEqual([])
  })

  it('finds nothing on an object inside of a larger buffer', () => {
    const large = new Uint8Array(FILE.length + 5)
    large.set(FILE, 3)
    expect(checkSharedObject(large.subarray(3, 3 + FILE.length))).toEqual([])
  })

  it.each(DAMAGES)('finds %s', (_, damage, complaint) => {
    const file = FILE.slice()
    const places = new Places(file)
    damage(places, places.view)
    expect(file).not.toEqual(FILE)
    expect(checkSharedObject(file).join('\n')).toContain(complaint)
  })

  it('finds every length but the right one', () => {
    for (let length = 0; length < FILE.length; length += 13) expect(checkSharedObject(FILE.slice(0, length))).not.toEqual([])
    expect(checkSharedObject(Uint8Array.from([...FILE, 0]))).not.toEqual([])
  })

  it('finds a change of any byte, but for those that may be anything', () => {
    const places = new Places(FILE)
    const free = new Set<number>()
    const add = (start: number, end: number): void => {
      for (let at = start; at < end; at++) free.add(at)
    }
    for (const name of ['.text', '.rodata', '.dynstr']) add(places.section(name).start, places.section(name).end)
    const id = places.section('.note.gnu.build-id')
    add(id.start + 16, id.end)
    // Where a function begins and how long it is: the lowest two bytes of each.
    const symbols = places.section('.dynsym')
    for (let at = symbols.start + 24 * 7; at < symbols.end; at += 24) for (const field of [8, 16]) add(at + field, at + field + 2)
    const missed: string[] = []
    for (const change of [0x01, 0x80, 0xff]) {
      for (let at = 0; at < FILE.length; at++) {
        if (free.has(at)) continue
        const file = FILE.slice()
        file[at] = (file[at] ?? 0) ^ change
        if (checkSharedObject(file).length === 0) missed.push(`${at} ^ ${change}`)
      }
    }
    expect(missed).toEqual([])
  })

  it('takes any bytes at all', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(FILE.length - 1), fc.nat(255)), { minLength: 1, maxLength: 60 }), (changes) => {
        const file = FILE.slice()
        for (const [at, value] of changes) file[at] = value
        return Array.isArray(checkSharedObject(file))
      }),
    )
    const number = fc.constantFrom(0n, 1n, 4096n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 40n, 2n ** 63n, 2n ** 64n - 1n)
    const header = fc.nat(57).map((index) => 8 * index)
    const tag = fc.nat(25).map((index) => new Places(FILE).section('.dynamic').start + 8 * index)
    const symbols = fc.nat(330).map((index) => 456 + 8 * index)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(header, tag, symbols), number), { minLength: 1, maxLength: 4 }), (changes) => {
        const file = FILE.slice()
        for (const [at, value] of changes) new DataView(file.buffer).setBigUint64(at, value, true)
        return Array.isArray(checkSharedObject(file))
      }),
      { numRuns: 1000 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => checkSharedObject(bytes).length > 0))
  })
})
