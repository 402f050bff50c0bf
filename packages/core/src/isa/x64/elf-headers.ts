// The three kinds of header of a shared object: of the file, of its segments for the loader, of its sections for tools.
import { alignUp, join, pack } from './elf-bytes.ts'
import {
  FILE_HEADER_BYTES,
  PAGE,
  type PlacedSection,
  PROGRAM_HEADER_BYTES,
  PROGRAM_HEADERS,
  type SegmentName,
} from './elf-layout.ts'
import { BUILD_ID, sectionNames } from './elf-sections.ts'

const [X, W, R] = [1, 2, 4]
const [LOAD, DYNAMIC, NOTE, GNU_STACK, GNU_RELRO] = [1, 2, 4, 0x6474e551, 0x6474e552]
const SECTION_FLAGS: Readonly<Record<SegmentName, number>> = { read: 2, run: 2 | 4, relro: 2 | 1, none: 0 }

export function fileHeader(tableAt: number, sections: number): Uint8Array {
  // 64 bits, little-endian, version 1, System V; then ET_DYN, EM_X86_64, version 1 and no entry.
  const identity = pack('BBBBBBBBQ', 0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0)
  const offsets = pack('HHIQQQ', 3, 62, 1, 0, FILE_HEADER_BYTES, tableAt)
  // No flags, then the sizes and counts; the names of the sections are the last one.
  const counts = pack('IHHHHHH', 0, FILE_HEADER_BYTES, PROGRAM_HEADER_BYTES, PROGRAM_HEADERS, 64, sections + 1, sections)
  return join([identity, offsets, counts])
}

export function programHeaders(sections: readonly PlacedSection[]): Uint8Array {
  const within = (wanted: (section: PlacedSection) => boolean): Range => {
    const found = sections.filter(wanted)
    const [first, last] = [found[0], found.at(-1)]
    return { start: first?.offset ?? 0, end: last === undefined ? 0 : last.offset + last.content.length }
  }
  const segment = (name: SegmentName): Range => within((section) => section.segment === name)
  const named = (name: string): Range => within((section) => section.name === name)
  const relro = segment('relro')
  // The loader protects whole pages and rounds the end down: only memory to the end of a page is covered to its end.
  const relroMemory = alignUp(relro.end, PAGE) - relro.start
  return join([
    header(LOAD, R, { start: 0, end: segment('read').end }, PAGE),
    header(LOAD, R | X, segment('run'), PAGE),
    header(LOAD, R | W, relro, PAGE, relroMemory),
    header(DYNAMIC, R | W, named('.dynamic'), 8),
    header(NOTE, R, named(BUILD_ID), 4),
    header(GNU_RELRO, R, relro, 1, relroMemory),
    header(GNU_STACK, R | W, { start: 0, end: 0 }, 16),
  ])
}

interface Range {
  readonly start: number
  readonly end: number
}

function header(type: number, flags: number, { start, end }: Range, align: number, memory = end - start): Uint8Array {
  return pack('IIQQQQQQ', type, flags, start, start, start, end - start, memory, align)
}

export function sectionHeaders(sections: readonly PlacedSection[]): Uint8Array {
  const names = sectionNames(sections)
  const indexOf = (name: string | undefined): number => 1 + sections.findIndex((section) => section.name === name)
  const rows = sections.map(({ name, type, segment, offset, content, link, info = 0, align, entry = 0 }) => {
    const address = segment === 'none' ? 0 : offset
    const at = names.at.get(name) ?? 0
    return pack(
      'IIQQQQIIQQ',
      at,
      type,
      SECTION_FLAGS[segment],
      address,
      offset,
      content.length,
      indexOf(link),
      info,
      align,
      entry,
    )
  })
  return join([new Uint8Array(64), ...rows])
}
