// The headers of an ELF file as its bytes give them, for the checker: read by the specification, field by field.

const LONGEST_NAME = 4096

export type Complain = (text: string) => void

/** A number of the file by its offset there. Outside of the file it is NaN, which is equal to nothing and below nothing. */
export interface Reader {
  readonly size: number
  readonly u8: (at: number) => number
  readonly u16: (at: number) => number
  readonly u32: (at: number) => number
  /** Exact below 2^53; larger ones are outside of every file. */
  readonly u64: (at: number) => number
  /** The text up to the next zero byte, or null if there is none before `end` or it is too long for a name. */
  readonly text: (at: number, end: number) => string | null
}

export interface Segment {
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly address: number
  readonly physical: number
  readonly fileBytes: number
  readonly memoryBytes: number
  readonly align: number
}

export interface ElfFile {
  readonly read: Reader
  readonly segments: readonly Segment[]
  /** PT_LOAD only. */
  readonly loads: readonly Segment[]
  readonly sectionsAt: number
  readonly sectionCount: number
  readonly sectionNames: number
  /** The offset in the file of loaded bytes, or null unless one segment holds them all, in the file. */
  readonly offsetOf: (address: number, bytes: number) => number | null
}

export function readElf(bytes: Uint8Array, complain: Complain): ElfFile | null {
  const read = readerOf(bytes)
  if (read.size < 64) complain(`${read.size} bytes are fewer than a file header`)
  else if (read.u32(0) !== 0x464c457f) complain('it does not begin with the magic of ELF')
  else {
    checkHeader(read, complain)
    const [programAt, sectionsAt] = [read.u64(32), read.u64(40)]
    const [count, sectionCount] = [read.u16(56), read.u16(60)]
    if (!(programAt >= 64 && programAt + 56 * count <= read.size)) complain('the program headers are outside of the file')
    else if (!(sectionsAt >= 64 && sectionsAt + 64 * sectionCount === read.size))
      complain('the section headers do not end the file')
    else {
      const segments = Array.from({ length: count }, (_, index) => readSegment(read, programAt + 56 * index))
      const loads = segments.filter(({ type }) => type === 1)
      if (programAt !== 64) complain('the program headers do not follow the file header')
      return { read, segments, loads, sectionsAt, sectionCount, sectionNames: read.u16(62), offsetOf: offsetIn(loads, read.size) }
    }
  }
  return null
}

function checkHeader(read: Reader, complain: Complain): void {
  const fields: [what: string, value: number, wanted: number][] = [
    ['class', read.u8(4), 2],
    ['byte order', read.u8(5), 1],
    ['identity version', read.u8(6), 1],
    ['operating system', read.u8(7), 0],
    ['padding of the identity', read.u64(8), 0],
    ['type', read.u16(16), 3],
    ['machine', read.u16(18), 62],
    ['version', read.u32(20), 1],
    ['entry', read.u64(24), 0],
    ['flags', read.u32(48), 0],
    ['file header size', read.u16(52), 64],
    ['program header size', read.u16(54), 56],
    ['section header size', read.u16(58), 64],
  ]
  for (const [what, value, wanted] of fields) if (value !== wanted) complain(`the ${what} is ${value} and not ${wanted}`)
}

function readSegment({ u32, u64 }: Reader, at: number): Segment {
  const [type, flags] = [u32(at), u32(at + 4)]
  const [offset, address, physical] = [u64(at + 8), u64(at + 16), u64(at + 24)]
  return { type, flags, offset, address, physical, fileBytes: u64(at + 32), memoryBytes: u64(at + 40), align: u64(at + 48) }
}

function offsetIn(loads: readonly Segment[], size: number): ElfFile['offsetOf'] {
  return (address, bytes) => {
    const load = loads.find((segment) => address >= segment.address && address + bytes <= segment.address + segment.fileBytes)
    const offset = load === undefined ? Number.NaN : address - load.address + load.offset
    return offset >= 0 && offset + bytes <= size ? offset : null
  }
}

function readerOf(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const within = (at: number, width: number, value: () => number): number =>
    Number.isSafeInteger(at) && at >= 0 && at + width <= bytes.length ? value() : Number.NaN
  return {
    size: bytes.length,
    u8: (at) => within(at, 1, () => view.getUint8(at)),
    u16: (at) => within(at, 2, () => view.getUint16(at, true)),
    u32: (at) => within(at, 4, () => view.getUint32(at, true)),
    u64: (at) => within(at, 8, () => Number(view.getBigUint64(at, true))),
    text: (at, end) => {
      const most = bytes.subarray(at, Math.min(end, at + LONGEST_NAME + 1))
      const zero = most.indexOf(0)
      return Number.isSafeInteger(at) && at >= 0 && zero >= 0 ? String.fromCharCode(...most.subarray(0, zero)) : null
    },
  }
}
