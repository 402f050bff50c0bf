// What stands in each section of a shared object, once it is known where the sections lie.
import type { ElfFixup, SharedObject } from './elf.ts'
import { join, pack, stringTable } from './elf-bytes.ts'
import { gnuOrder, gnuTable, sysvTable } from './elf-hash.ts'
import { RODATA } from './elf-input.ts'
import type { Place, Section } from './elf-layout.ts'

export const TYPE = { progbits: 1, strtab: 3, rela: 4, hash: 5, dynamic: 6, note: 7, dynsym: 11, gnuHash: 0x6ffffff6 } as const
export const BUILD_ID = '.note.gnu.build-id'
/** Where the id begins in its note. */
export const BUILD_ID_AT = 16
const BUILD_ID_BYTES = 20

const SLOT_BYTES = 8
const [SYMBOL_BYTES, RELA_BYTES, TAG_BYTES] = [24, 24, 16]
const GLOBAL_FUNCTION = (1 << 4) | 2
const GLOB_DAT = 6n

type Where = (name: string) => Place

/** In the order of the file. Sizes and names do not depend on `where`. */
export function sectionsOf(object: SharedObject, where: Where): Section[] {
  const { imports, readonlyData } = object
  const exports = gnuOrder(object.exports)
  const names = ['', ...imports, ...exports.map(({ name }) => name)]
  const strings = stringTable([object.soname, ...names.slice(1)])
  const first = 1 + imports.length
  const symbol = (name: string, section: number, value: number, size: number): Uint8Array =>
    pack('IBBHQQ', strings.at.get(name) ?? 0, GLOBAL_FUNCTION, 0, section, value, size)
  const symbols = [
    new Uint8Array(SYMBOL_BYTES),
    ...imports.map((name) => symbol(name, 0, 0, 0)),
    ...exports.map(({ name, offset, size }) => symbol(name, where('.text').index, where('.text').address + offset, size)),
  ]
  const slots = imports.map((_, index) =>
    pack('QQQ', where('.got').address + SLOT_BYTES * index, (BigInt(1 + index) << 32n) | GLOB_DAT, 0),
  )
  const note = join([pack('III', 4, BUILD_ID_BYTES, 3), ascii('GNU\0'), new Uint8Array(BUILD_ID_BYTES)])
  const tags = dynamicTags(where, strings.bytes.length, strings.at.get(object.soname) ?? 0, imports.length)
  const all: (Section | false)[] = [
    { name: BUILD_ID, type: TYPE.note, segment: 'read', align: 4, content: note },
    { name: '.hash', type: TYPE.hash, segment: 'read', align: 8, content: sysvTable(names), link: '.dynsym', entry: 4 },
    {
      name: '.gnu.hash',
      type: TYPE.gnuHash,
      segment: 'read',
      align: 8,
      content: gnuTable(names.slice(first), first),
      link: '.dynsym',
    },
    {
      name: '.dynsym',
      type: TYPE.dynsym,
      segment: 'read',
      align: 8,
      content: join(symbols),
      link: '.dynstr',
      info: 1,
      entry: SYMBOL_BYTES,
    },
    { name: '.dynstr', type: TYPE.strtab, segment: 'read', align: 1, content: strings.bytes },
    slots.length > 0 && {
      name: '.rela.dyn',
      type: TYPE.rela,
      segment: 'read',
      align: 8,
      content: join(slots),
      link: '.dynsym',
      entry: RELA_BYTES,
    },
    !!readonlyData?.length && { name: RODATA, type: TYPE.progbits, segment: 'read', align: 64, content: readonlyData },
    { name: '.text', type: TYPE.progbits, segment: 'run', align: 64, content: fixedText(object, where) },
    { name: '.dynamic', type: TYPE.dynamic, segment: 'relro', align: 8, content: tags, link: '.dynstr', entry: TAG_BYTES },
    slots.length > 0 && {
      name: '.got',
      type: TYPE.progbits,
      segment: 'relro',
      align: 8,
      content: new Uint8Array(SLOT_BYTES * slots.length),
      entry: SLOT_BYTES,
    },
  ]
  const loaded = all.filter((section) => section !== false)
  return [...loaded, { name: '.shstrtab', type: TYPE.strtab, segment: 'none', align: 1, content: sectionNames(loaded).bytes }]
}

export const sectionNames = (sections: readonly { readonly name: string }[]): ReturnType<typeof stringTable> =>
  stringTable([...new Set([...sections.map(({ name }) => name), '.shstrtab'])])

function dynamicTags(where: Where, stringBytes: number, soname: number, imports: number): Uint8Array {
  const tags: [tag: number, value: number][] = [
    [14, soname],
    [4, where('.hash').address],
    [0x6ffffef5, where('.gnu.hash').address],
    [5, where('.dynstr').address],
    [6, where('.dynsym').address],
    [10, stringBytes],
    [11, SYMBOL_BYTES],
  ]
  if (imports > 0) tags.push([7, where('.rela.dyn').address], [8, imports * RELA_BYTES], [9, RELA_BYTES])
  // DT_FLAGS: DF_BIND_NOW; DT_FLAGS_1: DF_1_NOW; DT_NULL.
  tags.push([30, 8], [0x6ffffffb, 1], [0, 0])
  return join(tags.map(([tag, value]) => pack('QQ', tag, value)))
}

function fixedText({ text, imports, fixups }: SharedObject, where: Where): Uint8Array {
  const slots = new Map(imports.map((name, index) => [name, where('.got').address + SLOT_BYTES * index]))
  const target = ({ name }: ElfFixup): number => slots.get(name) ?? where(RODATA).address
  const fixed = text.slice()
  for (const fixup of fixups) fixed.set(pack('I', target(fixup) + fixup.addend - (where('.text').address + fixup.at)), fixup.at)
  return fixed
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
