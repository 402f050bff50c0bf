// Writing a zip archive without compression, in one go from front to end, and .npz with it.
import { crc32 } from 'node:zlib'
import { type Tensor, WeftError } from '@weft/core'
import { encodeNpy } from './npy.ts'

export interface ZipContent {
  readonly name: string
  /** CRC-32 of the bytes. */
  readonly crc: number
  readonly size: number
}

const MAX32 = 0xffffffff
const MAX16 = 0xffff
/** 1 January 1980, the first day that the format knows: the same results give the same bytes whenever they are written. */
const DATE = 0x21
const UTF8 = 0x800
const VERSION = 20
const VERSION64 = 45

/** The parts of an archive between the bytes of its entries. */
export class ZipWriter {
  readonly #directory: Buffer[] = []
  #position = 0

  /** What goes before the bytes of an entry, which must follow. */
  begin({ name, crc, size }: ZipContent): Uint8Array {
    const bytes = Buffer.from(name)
    if (bytes.length > MAX16) throw new WeftError('OPTION', `an entry name has ${bytes.length} bytes; ${MAX16} at most`)
    const position = this.#position
    const header = fields([[4, 0x04034b50], ...common(crc, size, bytes.length, size >= MAX32 ? 20 : 0, size >= MAX32)])
    const local = Buffer.concat([header, bytes, size >= MAX32 ? extra([size, size]) : Buffer.alloc(0)])
    const wide = [...(size >= MAX32 ? [size, size] : []), ...(position >= MAX32 ? [position] : [])]
    const central = fields([
      [4, 0x02014b50],
      [2, wide.length > 0 ? VERSION64 : VERSION],
      ...common(crc, size, bytes.length, wide.length === 0 ? 0 : 4 + 8 * wide.length, wide.length > 0),
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, Math.min(position, MAX32)],
    ])
    this.#directory.push(Buffer.concat([central, bytes, wide.length === 0 ? Buffer.alloc(0) : extra(wide)]))
    this.#position += local.length + size
    return local
  }

  /** What ends the archive. */
  end(): Uint8Array {
    const [begin, count] = [this.#position, this.#directory.length]
    const directory = Buffer.concat(this.#directory)
    const end = fields([
      [4, 0x06054b50],
      [4, 0],
      [2, Math.min(count, MAX16)],
      [2, Math.min(count, MAX16)],
      [4, Math.min(directory.length, MAX32)],
      [4, Math.min(begin, MAX32)],
      [2, 0],
    ])
    if (count < MAX16 && begin < MAX32 && directory.length < MAX32) return Buffer.concat([directory, end])
    const end64 = fields([
      [4, 0x06064b50],
      [8, 44],
      [2, VERSION64],
      [2, VERSION64],
      [8, 0],
      [8, count],
      [8, count],
      [8, directory.length],
      [8, begin],
    ])
    const locator = fields([
      [4, 0x07064b50],
      [4, 0],
      [8, begin + directory.length],
      [4, 1],
    ])
    return Buffer.concat([directory, end64, locator, end])
  }
}

/** The bytes of a .npz, in pieces; the numbers are not copied. The same tensors always give the same bytes. */
export function encodeNpz(tensors: Iterable<readonly [string, Tensor]>): Uint8Array[] {
  const zip = new ZipWriter()
  const pieces: Uint8Array[] = []
  for (const [name, tensor] of tensors) {
    const npy = encodeNpy(tensor, name)
    const crc = npy.reduce((sum, piece) => crc32(piece, sum), 0)
    const size = npy.reduce((sum, piece) => sum + piece.length, 0)
    pieces.push(zip.begin({ name: `${name}.npy`, crc, size }), ...npy)
  }
  return [...pieces, zip.end()]
}

type Field = readonly [bytes: 2 | 4 | 8, value: number]

/** What the local header and the directory both say. */
function common(crc: number, size: number, nameLength: number, extraLength: number, wide: boolean): Field[] {
  const short = Math.min(size, MAX32)
  return [
    [2, wide ? VERSION64 : VERSION],
    [2, UTF8],
    [2, 0],
    [2, 0],
    [2, DATE],
    [4, crc],
    [4, short],
    [4, short],
    [2, nameLength],
    [2, extraLength],
  ]
}

function extra(sizes: readonly number[]): Buffer {
  return fields([[2, 1], [2, 8 * sizes.length], ...sizes.map((size): Field => [8, size])])
}

function fields(list: readonly Field[]): Buffer {
  const bytes = Buffer.alloc(list.reduce((sum, [width]) => sum + width, 0))
  let at = 0
  for (const [width, value] of list) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at)
    else bytes.writeUIntLE(value, at, width)
    at += width
  }
  return bytes
}
