// The section headers, which no loader reads: they must tell tools the same as the segments and the tags tell the loader.
import type { Dynamic } from './elf-check-dynamic.ts'
import type { Complain, ElfFile } from './elf-check-read.ts'
import type { FoundSymbol } from './elf-check-symbols.ts'

interface Row {
  readonly name: string
  readonly type: number
  readonly flags: number
  readonly address: number
  readonly offset: number
  readonly size: number
  readonly link: number
  readonly info: number
  readonly align: number
  readonly entry: number
}

interface Wanted {
  readonly type: number
  /** W 1, A 2, X 4. */
  readonly flags: number
  readonly link?: string
  readonly info?: number
  readonly entry?: number
  /** The tag that holds its address. */
  readonly tag?: number
  readonly optional?: true
}

const WANTED: Readonly<Record<string, Wanted>> = {
  '': { type: 0, flags: 0 },
  '.note.gnu.build-id': { type: 7, flags: 2 },
  '.hash': { type: 5, flags: 2, link: '.dynsym', entry: 4, tag: 4 },
  '.gnu.hash': { type: 0x6ffffff6, flags: 2, link: '.dynsym', tag: 0x6ffffef5 },
  '.dynsym': { type: 11, flags: 2, link: '.dynstr', info: 1, entry: 24, tag: 6 },
  '.dynstr': { type: 3, flags: 2, tag: 5 },
  '.rela.dyn': { type: 4, flags: 2, link: '.dynsym', entry: 24, tag: 7, optional: true },
  '.rodata': { type: 1, flags: 2, optional: true },
  '.text': { type: 1, flags: 6 },
  '.dynamic': { type: 6, flags: 3, link: '.dynstr', entry: 16 },
  '.got': { type: 1, flags: 3, entry: 8, optional: true },
  '.shstrtab': { type: 3, flags: 0 },
}

export function checkSections(elf: ElfFile, dynamic: Dynamic, symbols: readonly FoundSymbol[], complain: Complain): void {
  const rows = readRows(elf)
  const named = new Map(rows.map((row) => [row.name, row]))
  for (const [name, { optional }] of Object.entries(WANTED))
    if (!optional && !named.has(name)) complain(`section ${name} is missing`)
  if (named.size !== rows.length) complain('two sections have one name')
  if (rows[elf.sectionNames]?.name !== '.shstrtab') complain('the names of the sections are not in .shstrtab')
  for (const [index, row] of rows.entries()) {
    const say = (text: string): void => complain(`section ${index} (${row.name}): ${text}`)
    const wanted = WANTED[row.name]
    if (wanted === undefined) say('it is unknown')
    else compare(row, wanted, rows, dynamic, say)
    if (row.type !== 0) checkPlace(elf, row, rows[index - 1], say)
    else if (index !== 0 || row.offset + row.size + row.align + row.address !== 0) say('it is null but not empty')
  }
  checkGaps(elf, rows, complain)
  checkSizes(dynamic, symbols, named, complain)
  const text = rows.findIndex(({ name }) => name === '.text')
  for (const { name, section, value } of symbols)
    if (section !== 0 && (section !== text || !within(rows[text], value))) complain(`${name} is not in the section it names`)
}

function readRows({ read, sectionsAt, sectionCount, sectionNames }: ElfFile): Row[] {
  const names = sectionsAt + 64 * sectionNames
  const [namesAt, namesEnd] = [read.u64(names + 24), read.u64(names + 24) + read.u64(names + 32)]
  return Array.from({ length: sectionCount }, (_, index) => {
    const at = sectionsAt + 64 * index
    const name = read.text(namesAt + read.u32(at), Math.min(namesEnd, read.size)) ?? `nameless ${index}`
    const [type, flags, address, offset] = [read.u32(at + 4), read.u64(at + 8), read.u64(at + 16), read.u64(at + 24)]
    const [size, link, info] = [read.u64(at + 32), read.u32(at + 40), read.u32(at + 44)]
    return { name, type, flags, address, offset, size, link, info, align: read.u64(at + 48), entry: read.u64(at + 56) }
  })
}

function compare(row: Row, wanted: Wanted, rows: readonly Row[], dynamic: Dynamic, say: Complain): void {
  if (row.type !== wanted.type) say(`its type is ${row.type} and not ${wanted.type}`)
  if (row.flags !== wanted.flags) say(`its flags are ${row.flags} and not ${wanted.flags}`)
  if (row.info !== (wanted.info ?? 0)) say(`its info is ${row.info} and not ${wanted.info ?? 0}`)
  if (row.entry !== (wanted.entry ?? 0)) say(`its entries have ${row.entry} bytes and not ${wanted.entry ?? 0}`)
  if ((rows[row.link]?.name ?? null) !== (wanted.link ?? ''))
    say(`its link is ${row.link}, which is not ${wanted.link ?? 'null'}`)
  if (wanted.tag !== undefined && row.address !== dynamic.value(wanted.tag)) say('its address is not that of its tag')
  if (row.name === '.dynamic' && (row.address !== dynamic.address || row.size !== dynamic.bytes)) say('it is not PT_DYNAMIC')
}

function checkPlace(elf: ElfFile, row: Row, before: Row | undefined, say: Complain): void {
  if (!(row.offset + row.size <= elf.sectionsAt)) say('it ends outside of the file, or in the section headers')
  if (!Number.isInteger(Math.log2(row.align)) || row.align > 4096 || row.address % row.align !== 0)
    say(`its alignment ${row.align} is wrong`)
  if (before !== undefined && !(row.offset >= before.offset + before.size)) say('it overlaps the one before, or goes back')
  if (!(row.flags & 2)) {
    if (row.address !== 0) say('it is not loaded but has an address')
    return
  }
  const load = elf.loads.find(({ address, fileBytes }) => row.address >= address && row.address < address + fileBytes)
  if (elf.offsetOf(row.address, row.size) !== row.offset) say('it is not loaded from where it lies')
  // Rights of a segment are X 1, W 2; flags of a section W 1, X 4.
  else if (load === undefined || !!(load.flags & 1) !== !!(row.flags & 4) || !!(load.flags & 2) !== !!(row.flags & 1))
    say('its segment has other rights')
}

/** From the headers to the section headers: what no section holds is zero. */
function checkGaps({ read, segments, sectionsAt }: ElfFile, rows: readonly Row[], complain: Complain): void {
  let at = 64 + 56 * segments.length
  for (const { offset, size } of [...rows.slice(1), { offset: sectionsAt, size: 0 }]) {
    while (at < Math.min(offset, sectionsAt) && read.u8(at) === 0) at++
    if (at < Math.min(offset, sectionsAt)) complain(`there is something in no section, at ${at}`)
    at = Math.max(at, offset + size)
  }
}

function checkSizes(
  dynamic: Dynamic,
  symbols: readonly FoundSymbol[],
  named: ReadonlyMap<string, Row>,
  complain: Complain,
): void {
  const { read, sysvAt, gnuAt, relocations } = dynamic
  const gnu = 16 + 8 * read.u32(gnuAt + 8) + 4 * read.u32(gnuAt) + 4 * (symbols.length - read.u32(gnuAt + 4))
  const sizes: [name: string, wanted: number][] = [
    ['.dynsym', 24 * symbols.length],
    ['.dynstr', dynamic.stringBytes],
    ['.hash', 8 + 4 * read.u32(sysvAt) + 4 * symbols.length],
    ['.gnu.hash', gnu],
    ['.rela.dyn', 24 * relocations],
    ['.got', 8 * relocations],
    ['.note.gnu.build-id', 36],
    ['.shstrtab', Array.from(named.keys()).reduce((sum, name) => sum + name.length + 1, 0)],
  ]
  for (const [name, wanted] of sizes)
    if ((named.get(name)?.size ?? 0) !== wanted) complain(`section ${name} has other than ${wanted} bytes`)
}

const within = (row: Row | undefined, value: number): boolean =>
  row !== undefined && value >= row.address && value < row.address + row.size
