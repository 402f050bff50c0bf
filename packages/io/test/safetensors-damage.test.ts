// .safetensors files that lie, are cut short or are damaged.
import { readFileSync, writeFileSync } from 'node:fs'
import { type ErrorCode, WeftError } from '@weft/core'
import { SafetensorsFile } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { errorOf, expectError, fixture, growthOf, mutated, seeded, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()

function craft(header: string | Uint8Array, dataBytes: number, length = header.length): Uint8Array {
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(length))
  return Buffer.concat([prefix, Buffer.from(header as string), Buffer.alloc(dataBytes)])
}

function entries(...list: [dtype: string, shape: string, offsets: string][]): string {
  const parts = list.map(
    ([dtype, shape, offsets], index) => `"e${index}":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`,
  )
  return `{${parts.join(',')}}`
}

const LIES: [what: string, file: Uint8Array, code: ErrorCode, message: RegExp][] = [
  ['a header longer than the file', craft('{}', 0, 99_000_000), 'FORMAT', /99000000 bytes, more than the file/],
  ['a header past any number', craft('{}', 0).fill(255, 0, 8), 'FORMAT', /more than the file/],
  ['not enough for a length', new Uint8Array(7), 'FORMAT', /cut short/],
  ['an empty header', craft('', 0), 'FORMAT', /not JSON/],
  ['a list', craft('[]', 0), 'FORMAT', /'\{'/],
  ['space before the object', craft(' {}', 0), 'FORMAT', /'\{'/],
  ['text that is not UTF-8', craft(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), 0), 'FORMAT', /UTF-8/],
  ['a byte order mark', craft('\ufeff{}', 0), 'FORMAT', /not JSON/],
  [
    'a shape of more than the bytes',
    craft(entries(['F32', '[4]', '[0,12]']), 12),
    'FORMAT',
    /"e0": shape \(4\) of F32 needs 16 bytes, and it has 12/,
  ],
  [
    'a shape past any number',
    craft(entries(['F32', `[${'9007199254740991,'.repeat(40)}1]`, '[0,12]']), 12),
    'FORMAT',
    /needs Infinity bytes/,
  ],
  ['such a shape times nothing', craft(entries(['F32', `[${'9007199254740991,'.repeat(40)}0]`, '[0,0]']), 0), 'FORMAT', /needs/],
  ['an end past the file', craft(entries(['F32', '[4]', '[0,16]']), 12), 'FORMAT', /cut short/],
  ['bytes that belong to nobody', craft(entries(['F32', '[1]', '[0,4]']), 8), 'FORMAT', /longer than it says/],
  ['a gap', craft(entries(['F32', '[1]', '[0,4]'], ['F32', '[1]', '[8,12]']), 12), 'FORMAT', /must touch/],
  ['a beginning that is not 0', craft(entries(['F32', '[1]', '[4,8]']), 8), 'FORMAT', /must touch/],
  ['an overlap', craft(entries(['F32', '[2]', '[0,8]'], ['F32', '[2]', '[4,12]']), 12), 'FORMAT', /must touch/],
  ['the same bytes twice', craft(entries(['F32', '[2]', '[0,8]'], ['F32', '[2]', '[0,8]']), 8), 'FORMAT', /must touch/],
  ['offsets backwards', craft(entries(['F32', '[1]', '[4,0]']), 4), 'FORMAT', /data_offsets/],
  ['a negative offset', craft(entries(['F32', '[2]', '[-4,4]']), 4), 'FORMAT', /data_offsets/],
  ['offsets past any number', craft(entries(['F8_E4M3', '[1]', '[0,9007199254740991]']), 4), 'FORMAT', /cut short/],
  ['a negative size', craft(entries(['F32', '[-1]', '[0,4]']), 4), 'FORMAT', /shape/],
  ['a size with a point', craft(entries(['F32', '[0.5,2]', '[0,4]']), 4), 'FORMAT', /shape/],
  ['an entry that is text', craft('{"a":"b"}', 0), 'FORMAT', /"a": .*not an object/],
  ['an entry that is null', craft('{"a":null}', 0), 'FORMAT', /not an object/],
  ['metadata of numbers', craft('{"__metadata__":{"a":1}}', 0), 'FORMAT', /__metadata__/],
  ['metadata that is null', craft('{"__metadata__":null}', 0), 'FORMAT', /__metadata__/],
]

describe('a header that lies', () => {
  test.each(LIES)('%s', async (_, file, code, message) => {
    writeFileSync(at('lie.safetensors'), file)
    await expectError(SafetensorsFile.open(at('lie.safetensors')), code, message)
  })

  test('costs no memory, all of them together', async () => {
    const growth = await growthOf(async () => {
      for (const [, file] of LIES) {
        writeFileSync(at('lie.safetensors'), file)
        await errorOf(SafetensorsFile.open(at('lie.safetensors')))
      }
    })
    expect(growth).toBeLessThan(16 * 2 ** 20)
  })

  test('a header past 100 MB is refused though the file has it', async () => {
    writeFileSync(at('long.safetensors'), craft('{', 100_000_001, 100_000_001))
    await expectError(SafetensorsFile.open(at('long.safetensors')), 'TOO_LARGE', /100000001 bytes; the limit is 100000000/)
  })
})

test('a file cut anywhere is refused', async () => {
  const whole = readFileSync(fixture('reference.safetensors'))
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(at('cut.safetensors'), whole.subarray(0, length))
    await expectError(SafetensorsFile.open(at('cut.safetensors')), 'FORMAT')
  }
})

test('600 damaged headers: each is read or refused in words, none crashes', async () => {
  const random = seeded(30)
  const whole = readFileSync(fixture('types.safetensors'))
  const headerEnd = 8 + Number(whole.readBigUInt64LE())
  const counts = { read: 0, refused: 0 }
  const readAll = async (): Promise<void> => {
    await using file = await SafetensorsFile.open(at('damaged.safetensors'))
    for (const { name } of file.entries) await file.read(name)
  }
  for (let round = 0; round < 600; round++) {
    writeFileSync(at('damaged.safetensors'), mutated(whole, round % 4 === 0 ? 8 : headerEnd, random))
    await readAll().then(
      () => counts.read++,
      (error: unknown) => {
        expect(error).toBeInstanceOf(WeftError)
        expect((error as WeftError).code).toMatch(/^(FORMAT|TOO_LARGE|DTYPE)$/)
        counts.refused++
      },
    )
  }
  expect(counts.read + counts.refused).toBe(600)
  expect(counts.refused).toBeGreaterThan(400)
})
