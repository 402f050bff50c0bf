// Where the sections of a shared object lie: an address is the offset in the file, and every segment begins a page.
import { alignUp } from './elf-bytes.ts'

export const PAGE = 4096
export const FILE_HEADER_BYTES = 64
export const PROGRAM_HEADER_BYTES = 56
/** Three to load, and the dynamic section, the note, what becomes read-only, the stack. */
export const PROGRAM_HEADERS = 7

/** read: R, with the headers; run: R+X; relro: R+W until it is relocated; none: in the file only. */
export type SegmentName = 'read' | 'run' | 'relro' | 'none'

export interface Section {
  readonly name: string
  readonly type: number
  readonly segment: SegmentName
  readonly align: number
  readonly content: Uint8Array
  /** The section that this one is read with, by name. */
  readonly link?: string
  readonly info?: number
  /** Bytes of an entry, if it is a table. */
  readonly entry?: number
}

export interface PlacedSection extends Section {
  readonly offset: number
}

export interface Layout {
  readonly sections: readonly PlacedSection[]
  /** Where the section headers begin. */
  readonly tableAt: number
  /** Of the whole file. */
  readonly bytes: number
}

export interface Place {
  /** Of the section header; the first one is the null section. */
  readonly index: number
  readonly address: number
}

export function place(sections: readonly Section[]): Layout {
  let at = FILE_HEADER_BYTES + PROGRAM_HEADERS * PROGRAM_HEADER_BYTES
  let segment: SegmentName = 'read'
  const placed = sections.map((section) => {
    if (section.segment !== segment && section.segment !== 'none') at = alignUp(at, PAGE)
    segment = section.segment
    const offset = alignUp(at, section.align)
    at = offset + section.content.length
    return { ...section, offset }
  })
  const tableAt = alignUp(at, 8)
  return { sections: placed, tableAt, bytes: tableAt + 64 * (sections.length + 1) }
}

export function placesOf({ sections }: Layout): (name: string) => Place {
  const places = new Map(sections.map(({ name, offset }, index) => [name, { index: index + 1, address: offset }]))
  return (name) => places.get(name) ?? { index: 0, address: 0 }
}
