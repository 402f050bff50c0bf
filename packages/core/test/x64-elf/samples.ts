// Objects of many sizes, and where things lie in the file of one.
import type { SharedObject } from '../../src/isa/x64/elf.ts'
import { addon } from './addon.ts'

/** `exports` functions spread over the text, `imports` slots that its first bytes jump through. */
export function sample(textBytes: number, exports: number, imports: number, dataBytes = 0): SharedObject {
  const text = Uint8Array.from({ length: textBytes }, (_, index) => (index % 7 === 6 ? 0xc3 : 0x90))
  const size = Math.max(1, Math.floor(textBytes / Math.max(1, exports)))
  const names = Array.from({ length: imports }, (_, index) => `imported_${index}`)
  return {
    soname: 'libsample.so',
    text,
    exports: Array.from({ length: exports }, (_, index) => ({
      name: `export_${index}`,
      offset: (index * size) % textBytes,
      size,
    })).map((entry) => ({ ...entry, size: Math.min(entry.size, textBytes - entry.offset) })),
    imports: names,
    fixups: names.slice(0, Math.floor(textBytes / 4)).map((name, index) => ({ at: 4 * index, name, addend: -4 })),
    ...(dataBytes > 0 ? { readonlyData: new Uint8Array(dataBytes).fill(0xda) } : {}),
  }
}

export const SAMPLES: readonly (readonly [what: string, object: SharedObject])[] = [
  ['one byte and no symbol', sample(1, 0, 0)],
  ['an export and no import', sample(16, 1, 0)],
  ['an import and no export', sample(16, 0, 1)],
  ['a byte less than a page', sample(4095, 2, 3)],
  ['a page', sample(4096, 2, 3)],
  ['a byte more than a page', sample(4097, 2, 3)],
  ['constants that end in the first page', sample(100, 3, 2, 3000)],
  ['constants that go over several pages', sample(100, 3, 2, 9001)],
  ['a slot table that ends its page', sample(4096, 1, 486)],
  ['a slot more than fits the page', sample(4096, 1, 487)],
  ['many exports', sample(70_000, 1000, 5)],
  ['many of both', sample(40_000, 513, 1200, 64)],
  ['the addon', addon()],
]

/** The places of a file's fields, read without the writer and without the checker. */
export class Places {
  readonly view: DataView
  constructor(file: Uint8Array) {
    this.view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  }
  u64(at: number): number {
    return Number(this.view.getBigUint64(at, true))
  }
  /** The header of the nth segment of a type. */
  segment(type: number, nth = 0): number {
    const all = Array.from({ length: this.view.getUint16(56, true) }, (_, index) => 64 + 56 * index)
    return all.filter((at) => this.view.getUint32(at, true) === type)[nth] ?? Number.NaN
  }
  /** The header of a section. */
  header(name: string): number {
    const table = this.u64(40)
    const names = this.u64(table + 64 * this.view.getUint16(62, true) + 24)
    const nameAt = (at: number): string => {
      let text = ''
      for (let letter = names + this.view.getUint32(at, true); this.view.getUint8(letter) !== 0; letter++)
        text += String.fromCharCode(this.view.getUint8(letter))
      return text
    }
    const all = Array.from({ length: this.view.getUint16(60, true) }, (_, index) => table + 64 * index)
    return all.find((at) => nameAt(at) === name) ?? Number.NaN
  }
  /** The content of a section. */
  section(name: string): { start: number; end: number } {
    const start = this.u64(this.header(name) + 24)
    return { start, end: start + this.u64(this.header(name) + 32) }
  }
  /** An entry of the dynamic section. */
  tag(tag: number): number {
    const { start, end } = this.section('.dynamic')
    for (let at = start; at < end; at += 16) if (this.u64(at) === tag) return at
    return Number.NaN
  }
}
