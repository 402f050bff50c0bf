// The dynamic section: the tags a loader goes by, each of them once, and the tables they promise inside of the file.
import type { Complain, ElfFile, Reader } from './elf-check-read.ts'

/** The tables by their offsets in the file; a table that is not there has no bytes. */
export interface Dynamic {
  readonly read: Reader
  readonly value: (tag: number) => number | undefined
  readonly sysvAt: number
  readonly gnuAt: number
  readonly symbolsAt: number
  readonly stringsAt: number
  readonly stringBytes: number
  readonly relocationsAt: number
  readonly relocations: number
  /** Of the table itself. */
  readonly address: number
  readonly bytes: number
}

const TAG = {
  hash: 4,
  strtab: 5,
  symtab: 6,
  rela: 7,
  relaBytes: 8,
  relaEntry: 9,
  stringBytes: 10,
  symbolEntry: 11,
  soname: 14,
  textrel: 22,
  flags: 30,
  gnuHash: 0x6ffffef5,
  flags1: 0x6ffffffb,
} as const
const KNOWN: ReadonlySet<number> = new Set(Object.values(TAG))
const [BIND_NOW, TEXTREL] = [8, 4]
const [NOW, NODELETE] = [1, 8]

export function checkDynamic(elf: ElfFile, complain: Complain): Dynamic | null {
  const segment = elf.segments.find(({ type }) => type === 2)
  if (segment === undefined) return null
  const tags = readTags(elf, segment.offset, segment.fileBytes, complain)
  const value = (tag: number): number | undefined => tags.get(tag)
  checkFlags(value, complain)
  if (value(TAG.symbolEntry) !== 24) complain('DT_SYMENT is not 24')
  const relaBytes = tags.has(TAG.rela) ? (value(TAG.relaBytes) ?? 0) : 0
  if (tags.has(TAG.rela) !== tags.has(TAG.relaBytes) || tags.has(TAG.rela) !== tags.has(TAG.relaEntry))
    complain('DT_RELA, DT_RELASZ and DT_RELAENT do not come together')
  if (tags.has(TAG.rela) && (value(TAG.relaEntry) !== 24 || relaBytes % 24 !== 0)) complain('DT_RELASZ or DT_RELAENT is wrong')
  const stringBytes = value(TAG.stringBytes) ?? 0
  const table = (name: string, tag: number, bytes: number, align: number): number => {
    const address = value(tag) ?? Number.NaN
    const offset = elf.offsetOf(address, bytes)
    if (offset === null) complain(`${name} is missing or outside of the loaded file`)
    else if (address % align !== 0) complain(`${name} is not aligned to ${align} bytes`)
    return offset ?? Number.NaN
  }
  const dynamic = {
    sysvAt: table('DT_HASH', TAG.hash, 8, 4),
    gnuAt: table('DT_GNU_HASH', TAG.gnuHash, 16, 8),
    symbolsAt: table('DT_SYMTAB', TAG.symtab, 24, 8),
    stringsAt: table('DT_STRTAB', TAG.strtab, stringBytes, 1),
    relocationsAt: tags.has(TAG.rela) ? table('DT_RELA', TAG.rela, relaBytes, 8) : 0,
  }
  if (Object.values(dynamic).some(Number.isNaN)) return null
  checkStrings(elf.read, dynamic.stringsAt, stringBytes, value(TAG.soname), complain)
  const place = { address: segment.address, bytes: segment.memoryBytes }
  return { read: elf.read, value, ...dynamic, ...place, stringBytes, relocations: Math.floor(relaBytes / 24) }
}

function readTags({ read }: ElfFile, at: number, bytes: number, complain: Complain): Map<number, number> {
  const tags = new Map<number, number>()
  const end = Math.min(at + bytes, read.size)
  for (let entry = at; entry + 16 <= end; entry += 16) {
    const tag = read.u64(entry)
    if (tag === 0) {
      if (entry + 16 !== end || read.u64(entry + 8) !== 0) complain('DT_NULL is not the last of the dynamic section')
      return tags
    }
    if (tags.has(tag)) complain(`the dynamic section has the tag ${tag} twice`)
    if (!KNOWN.has(tag)) complain(`the dynamic section has the unknown tag ${tag}`)
    tags.set(tag, read.u64(entry + 8))
  }
  complain('the dynamic section does not end with DT_NULL')
  return tags
}

function checkFlags(value: (tag: number) => number | undefined, complain: Complain): void {
  const [flags, flags1] = [value(TAG.flags) ?? 0, value(TAG.flags1) ?? 0]
  if (value(TAG.textrel) !== undefined || flags & TEXTREL) complain('it asks for relocations in the text')
  if (!(flags & BIND_NOW)) complain('DT_FLAGS does not bind at once')
  if (!(flags1 & NOW)) complain('DT_FLAGS_1 does not bind at once')
  if (flags1 & NODELETE) complain('it cannot be unloaded')
  if ((flags !== BIND_NOW && flags !== (BIND_NOW | TEXTREL)) || (flags1 !== NOW && flags1 !== (NOW | NODELETE)))
    complain('it has other flags than those')
}

function checkStrings(read: Reader, at: number, bytes: number, soname: number | undefined, complain: Complain): void {
  if (!(bytes >= 1 && read.u8(at) === 0 && read.u8(at + bytes - 1) === 0)) complain('the strings do not begin and end with zero')
  if (soname === undefined) complain('DT_SONAME is missing')
  else if (!(soname < bytes) || read.u8(at + soname - 1) !== 0 || !read.text(at + soname, at + bytes))
    complain('DT_SONAME is empty or outside of the strings')
}
