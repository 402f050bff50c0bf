// The directory of a zip archive, and its entries one at a time: nothing else of the archive is ever in memory.
import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import { type Bytes, inMemory, windowOf } from './bytes.ts'
import { formatError, reasonOf, tooLarge } from './io-error.ts'

export interface ZipEntry {
  readonly name: string
  /** 0 as it is, 8 deflated. */
  readonly method: number
  readonly crc: number
  /** Bytes in the archive, and once they are inflated. */
  readonly packed: number
  readonly size: number
  /** The byte at which its local header begins. */
  readonly position: number
}

const END = 0x06054b50
const END64 = 0x06064b50
const LOCATOR64 = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const MAX_COMMENT = 65535
const MAX_DIRECTORY = 2 ** 28
/** Deflate cannot do better: who claims more lies. */
const MOST_INFLATED = 1032
/** As many numbers as a tensor holds, of eight bytes, would be more; one buffer of Node is not. */
const MAX_INFLATED = 2 ** 32
const CHUNK = 2 ** 20

/**
 * The entries in the order of the archive. @throws FORMAT when it is damaged, its entries overlap, or one claims a size that
 * its bytes cannot have; TOO_LARGE for a directory past 256 MiB.
 */
export async function readZipDirectory(archive: Bytes): Promise<ZipEntry[]> {
  const { begin, length, count } = await findDirectory(archive)
  if (length > MAX_DIRECTORY) throw tooLarge(archive.path, `its directory has ${length} bytes; the limit is ${MAX_DIRECTORY}`)
  const directory = Buffer.from(await archive.bytes(begin, length))
  const entries: ZipEntry[] = []
  let at = 0
  while (entries.length < count) {
    if (at + 46 > length || directory.readUInt32LE(at) !== CENTRAL)
      throw formatError(archive.path, `its directory breaks off at entry ${entries.length} of ${count}: it is damaged`)
    const next = at + 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
    if (next > length) throw formatError(archive.path, 'its directory is cut short')
    entries.push(entryFrom(directory.subarray(at, next), archive.path))
    at = next
  }
  expectApart(entries, begin, archive.path)
  return entries
}

/** What an entry holds. @throws FORMAT when it is damaged, TOO_LARGE past 4 GiB inflated */
export async function openZipEntry(archive: Bytes, entry: ZipEntry): Promise<Bytes> {
  const label = `${archive.path}, entry ${JSON.stringify(entry.name)}`
  const local = Buffer.from(await archive.bytes(entry.position, 30))
  if (local.readUInt32LE(0) !== LOCAL) throw formatError(label, 'its local header is damaged')
  const begin = entry.position + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
  if (begin + entry.packed > archive.size) throw formatError(label, 'it is cut short')
  if (entry.method === 0) {
    const whole = windowOf(archive, label, begin, entry.size)
    expectChecksum(await checksumOf(whole), entry, label)
    return whole
  }
  if (entry.size > MAX_INFLATED) throw tooLarge(label, `it has ${entry.size} bytes; the limit is ${MAX_INFLATED}`)
  const packed = await archive.bytes(begin, entry.packed)
  const inflated = await promisify(inflateRaw)(packed, { maxOutputLength: Math.max(entry.size, 1) }).catch((error: unknown) => {
    throw formatError(label, `it cannot be inflated: ${reasonOf(error)}`)
  })
  if (inflated.length !== entry.size) throw formatError(label, `it has ${inflated.length} bytes where ${entry.size} are promised`)
  expectChecksum(crc32(inflated), entry, label)
  return inMemory(label, inflated)
}

async function findDirectory(archive: Bytes): Promise<{ begin: number; length: number; count: number }> {
  const tailBegin = Math.max(0, archive.size - END_BYTES - MAX_COMMENT)
  const tail = Buffer.from(await archive.bytes(tailBegin, archive.size - tailBegin))
  let at = tail.length - END_BYTES
  while (at >= 0 && !(tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length)) at--
  if (at < 0) throw formatError(archive.path, 'it has no zip directory at its end: it is cut short or no zip archive')
  const found = { count: tail.readUInt16LE(at + 10), length: tail.readUInt32LE(at + 12), begin: tail.readUInt32LE(at + 16) }
  const locator = at - 20
  if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR64) return found
  const end64 = Buffer.from(await archive.bytes(Number(tail.readBigUInt64LE(locator + 8)), 56))
  if (end64.readUInt32LE(0) !== END64) throw formatError(archive.path, 'its zip64 directory is damaged')
  const [count, length, begin] = [32, 40, 48].map((offset) => Number(end64.readBigUInt64LE(offset)))
  return { count, length, begin }
}

function entryFrom(header: Buffer, path: string): ZipEntry {
  const nameLength = header.readUInt16LE(28)
  const name = header.toString(header.readUInt16LE(8) & 0x800 ? 'utf8' : 'latin1', 46, 46 + nameLength)
  const label = `${path}, entry ${JSON.stringify(name)}`
  const method = header.readUInt16LE(10)
  if ((header.readUInt16LE(8) & 1) === 1) throw formatError(label, 'it is encrypted')
  if (method !== 0 && method !== 8)
    throw formatError(label, `its compression method is ${method}; 0 (none) and 8 (deflate) are read`)
  const wide = wideSizes(header.subarray(46 + nameLength, 46 + nameLength + header.readUInt16LE(30)))
  const field = (offset: number): number => {
    const value = header.readUInt32LE(offset)
    return value === 0xffffffff ? (wide.shift() ?? value) : value
  }
  // In this order, as the extra field has them.
  const [size, packed, position] = [field(24), field(20), field(42)]
  if (size > packed * MOST_INFLATED + 64 || (method === 0 && size !== packed))
    throw formatError(label, `it cannot have ${size} bytes in ${packed}: it is damaged`)
  return { name, method, crc: header.readUInt32LE(16), packed, size, position }
}

/** The sizes that do not fit 32 bits, in the extra field 1. */
function wideSizes(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2))
    const sizes: number[] = []
    for (let field = at + 4; field + 8 <= end; field += 8) sizes.push(Number(extra.readBigUInt64LE(field)))
    return sizes
  }
  return []
}

/** Entries that share bytes would make much of little. */
function expectApart(entries: readonly ZipEntry[], directory: number, path: string): void {
  let end = 0
  for (const { name, position, packed } of [...entries].sort((a, b) => a.position - b.position)) {
    if (position < end) throw formatError(path, `entry ${JSON.stringify(name)} begins inside of another: it is damaged`)
    end = position + 30 + packed
  }
  if (end > directory) throw formatError(path, 'its entries reach into its directory: it is damaged')
}

async function checksumOf(bytes: Bytes): Promise<number> {
  let crc = 0
  const buffer = new Uint8Array(Math.min(CHUNK, bytes.size))
  for (let at = 0; at < bytes.size; at += buffer.length) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, bytes.size - at))
    await bytes.fill(chunk, at)
    crc = crc32(chunk, crc)
  }
  return crc
}

function expectChecksum(crc: number, entry: ZipEntry, label: string): void {
  if (crc !== entry.crc) throw formatError(label, 'its checksum does not match: it is damaged')
}
