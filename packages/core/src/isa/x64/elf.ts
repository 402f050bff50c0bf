// A shared object for Linux on x86-64, from machine code and names to the bytes of an ELF file.

import { fileHeader, programHeaders, sectionHeaders } from './elf-headers.ts'
import { checkInput, RODATA } from './elf-input.ts'
import { FILE_HEADER_BYTES, place, placesOf } from './elf-layout.ts'
import { BUILD_ID, BUILD_ID_AT, sectionsOf } from './elf-sections.ts'
import { sha1 } from './elf-sha1.ts'

/** A function of the text that others can find by its name. */
export interface ElfExport {
  readonly name: string
  /** Where it begins, from the start of the text. */
  readonly offset: number
  readonly size: number
}

/** Four bytes of the text that must hold a distance: the target's address + addend - the field's own address. */
export interface ElfFixup {
  /** Where the field begins, from the start of the text. */
  readonly at: number
  /** An import, for the slot that holds its address (call and jump through it), or RODATA for the read-only data. */
  readonly name: string
  /** -4 where the field ends its instruction, since the processor counts from there; into RODATA, plus the offset. */
  readonly addend: number
}

export { RODATA }

export interface SharedObject {
  readonly soname: string
  /** Machine code; it begins a page, so an offset is aligned as its address is. */
  readonly text: Uint8Array
  readonly exports: readonly ElfExport[]
  /** Functions that the loader has to find elsewhere, such as napi_create_double. */
  readonly imports: readonly string[]
  readonly fixups: readonly ElfFixup[]
  /** Constants, aligned to 64 bytes. */
  readonly readonlyData?: Uint8Array
}

/** The same object gives the same bytes. */
export function writeSharedObject(object: SharedObject): Uint8Array {
  checkInput(object)
  // Sizes do not depend on addresses: a draft that knows none gives the places, and the places give the contents.
  const draft = place(sectionsOf(object, () => ({ index: 0, address: 0 })))
  const { sections, tableAt, bytes } = place(sectionsOf(object, placesOf(draft)))
  const file = new Uint8Array(bytes)
  file.set(fileHeader(tableAt, sections.length), 0)
  file.set(programHeaders(sections), FILE_HEADER_BYTES)
  for (const section of sections) file.set(section.content, section.offset)
  file.set(sectionHeaders(sections), tableAt)
  const note = sections.find(({ name }) => name === BUILD_ID)
  if (note !== undefined) file.set(sha1(file), note.offset + BUILD_ID_AT)
  return file
}
