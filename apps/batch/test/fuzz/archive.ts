// Zip archives with any names, stored or deflated, whose checksums hold, and what can be wrong with their fields.
import { crc32, deflateRawSync } from 'node:zlib'

export interface Packed {
  readonly name: string
  readonly bytes: Uint8Array
}

export function zipOf(entries: readonly Packed[], deflated: boolean): Uint8Array {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []]
  let position = 0
  for (const { name, bytes } of entries) {
    const content = deflated ? deflateRawSync(bytes) : Buffer.from(bytes)
    const common = fields([20, 2], [0x800, 2], [deflated ? 8 : 0, 2], [0, 2], [0x21, 2], [crc32(bytes), 4])
    const sizes = fields([content.length, 4], [bytes.length, 4], [Buffer.byteLength(name), 2], [0, 2])
    const local = Buffer.concat([fields([0x04034b50, 4]), common, sizes, Buffer.from(name), content])
    const rest = fields([0, 2], [0, 2], [0, 2], [0, 4], [position, 4])
    directory.push(Buffer.concat([fields([0x02014b50, 4], [20, 2]), common, sizes, rest, Buffer.from(name)]))
    parts.push(local)
    position += local.length
  }
  const list = Buffer.concat(directory)
  const count = entries.length
  const end = fields([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [list.length, 4], [position, 4], [0, 2])
  return Buffer.concat([...parts, list, end])
}

function fields(...values: readonly (readonly [value: number, bytes: number])[]): Buffer {
  const out = Buffer.alloc(values.reduce((size, [, bytes]) => size + bytes, 0))
  let at = 0
  for (const [value, bytes] of values) at = out.writeUIntLE(value, at, bytes)
  return out
}
