// Damage to PNG and JPEG files that leaves them files of chunks: other numbers, chunks less, twice or exchanged, data that inflates to more.
import { crc32, deflateSync } from 'node:zlib'
import { mutateBytes } from '../../../../tools/fuzz/byte-mutations.ts'
import { type Below, pick } from '../../../../tools/fuzz/chance.ts'
import { number } from './values.ts'

interface Chunk {
  readonly name: string
  data: Buffer
}

const PNG_HEAD = 8
/** What a bomb inflates to. */
const MOST = 2 ** 24

export function mutatePng(bytes: Uint8Array, below: Below): Uint8Array {
  const chunks = pngChunks(Buffer.from(bytes))
  for (let change = below(3); change >= 0; change--) {
    const way = below(4)
    const chunk = pick(chunks, below)
    if (chunk === undefined) break
    if (way === 0) number32(chunks[0].data, 4 * below(2), below)
    else if (way === 1) rearrange(chunks, below)
    else if (way === 2) chunk.data = Buffer.from(mutateBytes(chunk.data, below))
    else chunks.splice(below(chunks.length + 1), 0, bomb(below))
  }
  const spoilt = below(6) === 0
  return Buffer.concat([bytes.subarray(0, PNG_HEAD), ...chunks.map((chunk) => pngChunk(chunk, spoilt))])
}

/** Little that inflates to much, where decoders inflate: pixels, texts, a colour profile. */
function bomb(below: Below): Chunk {
  const packed = deflateSync(Buffer.alloc(below(MOST)))
  const name = pick(['IDAT', 'zTXt', 'iCCP', 'iTXt'], below) as string
  const heads: Record<string, string> = { IDAT: '', zTXt: 'Comment\0\0', iCCP: 'icc\0\0', iTXt: 'XML:com.adobe.xmp\0\x01\0\0\0' }
  return { name, data: Buffer.concat([Buffer.from(heads[name], 'latin1'), packed]) }
}

function pngChunks(file: Buffer): Chunk[] {
  const chunks: Chunk[] = []
  for (let at = PNG_HEAD; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at)
    chunks.push({
      name: file.toString('latin1', at + 4, at + 8),
      data: Buffer.from(file.subarray(at + 8, at + 8 + length)),
    })
    at += 12 + length
  }
  return chunks
}

function pngChunk({ name, data }: Chunk, spoilt: boolean): Buffer {
  const out = Buffer.concat([Buffer.alloc(4), Buffer.from(name, 'latin1'), data, Buffer.alloc(4)])
  out.writeUInt32BE(data.length)
  out.writeUInt32BE(crc32(out.subarray(4, -4), spoilt ? 1 : 0), out.length - 4)
  return out
}

/** Segments up to the scan, then the scan. */
export function mutateJpeg(bytes: Uint8Array, below: Below): Uint8Array {
  const file = Buffer.from(bytes)
  const segments: Chunk[] = []
  let at = 2
  while (at + 4 <= file.length && file[at] === 0xff && file[at + 1] !== 0xda) {
    const length = file.readUInt16BE(at + 2)
    segments.push({ name: String(file[at + 1]), data: Buffer.from(file.subarray(at + 4, at + 2 + length)) })
    at += 2 + length
  }
  let scan: Buffer = file.subarray(at)
  for (let change = below(3); change >= 0; change--) {
    const way = below(4)
    const segment = pick(segments, below)
    const frame = segments.find(({ name }) => name === '192' || name === '194')
    if (segment === undefined) break
    if (way === 0 && frame !== undefined) number16(frame.data, 1 + 2 * below(2), below)
    else if (way === 1) rearrange(segments, below)
    else if (way === 2) segment.data = Buffer.from(mutateBytes(segment.data, below))
    else scan = Buffer.from(mutateBytes(scan, below))
  }
  return Buffer.concat([file.subarray(0, 2), ...segments.map(jpegSegment), scan])
}

function jpegSegment({ name, data }: Chunk): Buffer {
  const head = Buffer.from([0xff, Number(name), 0, 0])
  head.writeUInt16BE((data.length + 2) & 0xffff, 2)
  return Buffer.concat([head, data])
}

function rearrange(chunks: Chunk[], below: Below): void {
  const at = below(chunks.length)
  const way = below(3)
  if (way === 0) chunks.splice(at, 1)
  else if (way === 1) chunks.splice(below(chunks.length + 1), 0, chunks[at])
  else chunks.splice(below(chunks.length), 0, ...chunks.splice(at, 1))
}

function number32(data: Buffer, at: number, below: Below): void {
  if (at + 4 <= data.length) data.writeUInt32BE(Number(number(String(data.readUInt32BE(at)), below)) >>> 0, at)
}

function number16(data: Buffer, at: number, below: Below): void {
  if (at + 2 <= data.length) data.writeUInt16BE(Number(number(String(data.readUInt16BE(at)), below)) & 0xffff, at)
}
