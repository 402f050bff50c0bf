// The segments, as the kernel and the loader take them: pages, rights, and what becomes read-only after relocation.
import type { Complain, ElfFile, Segment } from './elf-check-read.ts'

const [DYNAMIC, NOTE, STACK, RELRO] = [2, 4, 0x6474e551, 0x6474e552]
const [X, W, R] = [1, 2, 4]
const PAGE = 4096
const pageDown = (value: number): number => Math.floor(value / PAGE) * PAGE
const pageUp = (value: number): number => Math.ceil(value / PAGE) * PAGE
const endOf = ({ address, memoryBytes }: Segment): number => address + memoryBytes

export function checkSegments(elf: ElfFile, complain: Complain): void {
  const { segments, loads, read } = elf
  for (const [index, segment] of segments.entries()) {
    const say = (text: string): void => complain(`segment ${index}: ${text}`)
    checkSegment(segment, read.size, say)
    if (segment.type === 1) checkLoad(segment, loads[loads.indexOf(segment) - 1], say)
    else if (segment.type !== STACK && !loads.some((load) => holds(load, segment))) say('no loaded segment holds it')
  }
  if (loads.length === 0) complain('nothing is loaded')
  if (!loads.some(({ offset, fileBytes }) => offset === 0 && fileBytes >= 64 + 56 * segments.length))
    complain('the headers are not loaded')
  if (!loads.some(({ flags }) => flags & X)) complain('no segment can be executed')
  checkRelro(elf, only(segments, RELRO, 'PT_GNU_RELRO', complain), complain)
  const stack = only(segments, STACK, 'PT_GNU_STACK', complain)
  if (stack !== undefined && stack.flags & X) complain('the stack is executable')
  if (stack !== undefined && stack.flags !== (R | W)) complain('the stack is not for reading and writing')
  if (stack !== undefined && (stack.offset || stack.address || stack.memoryBytes || stack.align !== 16))
    complain('the stack has a place, a size or another alignment than 16')
  const dynamic = only(segments, DYNAMIC, 'PT_DYNAMIC', complain)
  if (dynamic !== undefined && (dynamic.fileBytes % 16 !== 0 || dynamic.flags !== (R | W) || dynamic.align !== 8))
    complain('the dynamic section is no table of tags')
  const note = only(segments, NOTE, 'PT_NOTE', complain)
  if (note !== undefined) checkNote(elf, note, complain)
}

function checkSegment(segment: Segment, size: number, say: Complain): void {
  const { flags, offset, address, fileBytes, memoryBytes, align } = segment
  if (![1, DYNAMIC, NOTE, STACK, RELRO].includes(segment.type)) say(`its type ${segment.type} is unknown`)
  if (flags & W && flags & X) say('it is writable and executable')
  if (flags & ~(R | W | X) || !(flags & R)) say(`its rights are ${flags}`)
  if (!(offset + fileBytes <= size)) say('it ends outside of the file')
  const padded = segment.type === RELRO || (segment.type === 1 && flags & W)
  if (!(fileBytes <= memoryBytes)) say('it has more bytes in the file than in memory')
  if (fileBytes < memoryBytes && !padded) say('it has more bytes in memory than in the file')
  if (!(address + memoryBytes <= 2 ** 31)) say('it is further away than code can reach')
  if (address !== segment.physical) say('its physical address is another one')
  if (!Number.isInteger(Math.log2(align))) say(`its alignment ${align} is not a power of two`)
  else if (offset % align !== address % align) say('its address and its offset are not aligned alike')
  else if (address % align !== 0) say('its address is not aligned')
}

function checkLoad(segment: Segment, before: Segment | undefined, say: Complain): void {
  if (segment.align !== PAGE) say('it is not aligned to a page')
  if (segment.memoryBytes === 0) say('it loads nothing')
  if (segment.memoryBytes > segment.fileBytes && pageUp(segment.address + segment.fileBytes) !== endOf(segment))
    say('its memory goes further than its last page in the file')
  if (before !== undefined && pageUp(endOf(before)) > pageDown(segment.address)) say('it overlaps the one before, or goes back')
}

/** With its bytes where it says. */
function holds(load: Segment, part: Segment): boolean {
  const inMemory = part.address >= load.address && endOf(part) <= endOf(load)
  const inFile = part.address + part.fileBytes <= load.address + load.fileBytes
  return inMemory && inFile && part.offset - part.address === load.offset - load.address
}

/** The loader rounds both ends of it down to pages, so that a part of a page at its end stays writable. */
function checkRelro({ loads }: ElfFile, relro: Segment | undefined, complain: Complain): void {
  if (relro === undefined) return
  const [start, end] = [pageDown(relro.address), pageDown(endOf(relro))]
  if (relro.flags !== R) complain('PT_GNU_RELRO is not read-only')
  for (const load of loads.filter(({ flags }) => flags & W)) {
    if (load.fileBytes !== relro.fileBytes) complain('PT_GNU_RELRO has other bytes than its segment')
    if (!(start <= load.address && end >= pageUp(endOf(load))))
      complain('a writable segment stays writable: PT_GNU_RELRO does not cover its pages')
  }
  if (!loads.some((load) => load.flags & W && pageDown(load.address) <= start && end <= pageUp(endOf(load))))
    complain('PT_GNU_RELRO covers more than a writable segment')
}

function checkNote({ read }: ElfFile, { offset, fileBytes, align, flags }: Segment, complain: Complain): void {
  const fits = read.u32(offset) === 4 && read.u32(offset + 4) === 20 && fileBytes === 36 && align === 4 && flags === R
  if (!fits || read.u32(offset + 8) !== 3 || read.u32(offset + 12) !== 0x00554e47)
    complain('the note is no GNU build id of 20 bytes')
  else if (!Array.from({ length: 20 }, (_, index) => read.u8(offset + 16 + index)).some((byte) => byte !== 0))
    complain('the build id is empty')
}

function only(segments: readonly Segment[], wanted: number, name: string, complain: Complain): Segment | undefined {
  const found = segments.filter(({ type }) => type === wanted)
  if (found.length !== 1) complain(found.length === 0 ? `${name} is missing` : `${name} is there ${found.length} times`)
  return found[0]
}
