import { createHash } from 'node:crypto'
import { WeftError } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { RODATA, type SharedObject, writeSharedObject } from '../../src/isa/x64/elf.ts'
import { gnuHash, sysvHash } from '../../src/isa/x64/elf-hash.ts'
import { sha1 } from '../../src/isa/x64/elf-sha1.ts'
import { ADDON_DATA, addon } from './addon.ts'
import { Places, SAMPLES, sample } from './samples.ts'

describe('a shared object', () => {
  it.each(SAMPLES)('of %s has the same bytes each time and leaves what it was given alone', (_, object) => {
    const text = object.text.slice()
    const file = writeSharedObject(object)
    expect(writeSharedObject(structuredClone(object))).toEqual(file)
    expect(object.text).toEqual(text)
  })

  it.each(SAMPLES)('of %s is named by the SHA-1 of its contents', (_, object) => {
    const file = writeSharedObject(object)
    const { end } = new Places(file).section('.note.gnu.build-id')
    const id = file.slice(end - 20, end)
    expect(Buffer.from(id).toString('hex')).toBe(
      createHash('sha1')
        .update(file.fill(0, end - 20, end))
        .digest('hex'),
    )
  })

  it('holds the distance to the slot or the constant in every field', () => {
    const object = addon()
    const file = writeSharedObject(object)
    const places = new Places(file)
    const [text, got, data] = ['.text', '.got', '.rodata'].map((name) => places.section(name).start) as [number, number, number]
    for (const { at, name, addend } of object.fixups) {
      const target = name === RODATA ? data : got + 8 * object.imports.indexOf(name)
      expect(places.view.getInt32(text + at, true)).toBe(target + addend - (text + at))
    }
    expect(file.slice(data, data + ADDON_DATA.length)).toEqual(ADDON_DATA)
    const fixed = new Set(object.fixups.flatMap(({ at }) => [at, at + 1, at + 2, at + 3]))
    object.text.forEach((byte, at) => {
      if (!fixed.has(at)) expect(file[text + at]).toBe(byte)
    })
  })

  it('stays small: its three segments take two pages and the end of a third', () => {
    expect(writeSharedObject(sample(1, 1, 0)).length).toBeLessThan(9300)
    expect(writeSharedObject(addon()).length).toBeLessThan(9600)
  })

  it.each<[what: string, change: Partial<SharedObject>, message: string]>([
    ['an empty soname', { soname: '' }, 'the soname has an empty name'],
    ['a soname with a zero byte', { soname: 'a\0b' }, 'not up to 4096 letters of printable ASCII'],
    ['no text', { text: new Uint8Array(0), exports: [], fixups: [] }, 'its text is empty'],
    ['an import without a name', { imports: ['', 'there'] }, 'a symbol has an empty name'],
    ['an export without a name', { exports: [{ name: '', offset: 0, size: 1 }] }, 'a symbol has an empty name'],
    ['a name that C does not know', { imports: ['there', 'größe'] }, 'not up to 4096 letters of printable ASCII'],
    ['an import twice', { imports: ['there', 'there'] }, 'the symbol there is there twice'],
    ['an import that is an export', { imports: ['there', 'run'] }, 'the symbol run is there twice'],
    ['a symbol with the name of the constants', { imports: ['there', RODATA] }, 'cannot be named .rodata'],
    [
      'an export behind the text',
      { exports: [{ name: 'run', offset: 16, size: 0 }] },
      'run (0 bytes at 16) is outside of the text',
    ],
    [
      'an export that ends behind it',
      { exports: [{ name: 'run', offset: 8, size: 9 }] },
      'run (9 bytes at 8) is outside of the text',
    ],
    [
      'an export before the text',
      { exports: [{ name: 'run', offset: -1, size: 1 }] },
      'run (1 bytes at -1) is outside of the text',
    ],
    ['half an offset', { exports: [{ name: 'run', offset: 0.5, size: 1 }] }, 'outside of the text'],
    ['a fixup to something unknown', { fixups: [{ at: 0, name: 'nowhere', addend: -4 }] }, 'nowhere, which is not imported'],
    ['a fixup to an export', { fixups: [{ at: 0, name: 'run', addend: -4 }] }, 'run, which is not imported'],
    [
      'a fixup to constants that are not there',
      { fixups: [{ at: 0, name: RODATA, addend: -4 }] },
      '.rodata, which is not imported',
    ],
    ['a fixup behind the text', { fixups: [{ at: 13, name: 'there', addend: -4 }] }, 'a fixup at 13 is outside of the text'],
    ['a fixup before the text', { fixups: [{ at: -1, name: 'there', addend: -4 }] }, 'a fixup at -1 is outside of the text'],
    ['a fixup nowhere', { fixups: [{ at: Number.NaN, name: 'there', addend: -4 }] }, 'a fixup at NaN is outside of the text'],
    ['half an addend', { fixups: [{ at: 0, name: 'there', addend: 0.5 }] }, 'a fixup at 0 adds 0.5'],
    [
      'fixups that overlap',
      {
        fixups: [
          { at: 5, name: 'there', addend: -4 },
          { at: 2, name: 'there', addend: -4 },
        ],
      },
      'two fixups overlap at 5',
    ],
  ])('is refused for %s', (_, change, message) => {
    const sound: SharedObject = {
      soname: 'libsample.so',
      text: new Uint8Array(16).fill(0xc3),
      exports: [{ name: 'run', offset: 0, size: 16 }],
      imports: ['there'],
      fixups: [{ at: 12, name: 'there', addend: -4 }],
    }
    expect(() => writeSharedObject(sound)).not.toThrow()
    const refused = (): Uint8Array => writeSharedObject({ ...sound, ...change })
    expect(refused).toThrow(message)
    expect(refused).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
    expect(refused).toThrow(WeftError)
  })
})

describe('what a shared object is made with', () => {
  it('hashes names as the two tables want it', () => {
    expect(['', 'exit', 'printf', 'syscall'].map(sysvHash)).toEqual([0, 0x0006cf04, 0x077905a6, 0x0b09985c])
    expect(['', 'exit', 'printf', 'syscall'].map(gnuHash)).toEqual([5381, 0x7c967e3f, 0x156b2bb8, 0xbac212a0])
  })

  it('has the SHA-1 of everybody', () => {
    for (const bytes of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 1000, 9288]) {
      const message = Uint8Array.from({ length: bytes }, (_, index) => (index * 167 + bytes) & 255)
      expect(Buffer.from(sha1(message)).toString('hex')).toBe(createHash('sha1').update(message).digest('hex'))
    }
  })
})
