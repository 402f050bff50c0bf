// .npy files that lie, are cut short or are damaged: refused by name, before memory is asked for.

import { execFileSync } from 'node:child_process'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { type ErrorCode, WeftError } from '@weft/core'
import { readNpy } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { errorOf, expectError, fixture, growthOf, mutated, seeded, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()
const noMemory = (): never => expect.fail('memory was asked for')

function craft(header: string, dataBytes: number, version = 1): Uint8Array {
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  length.writeUIntLE(header.length, 0, length.length)
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]),
    length,
    Buffer.from(header),
    Buffer.alloc(dataBytes),
  ])
}

function dict(shape: string, descr = "'<f4'", fortran = 'False'): string {
  return `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`
}

const LIES: [what: string, file: Uint8Array, code: ErrorCode, message: RegExp][] = [
  ['a shape of more than the file has', craft(dict('(4, 4)'), 60), 'FORMAT', /needs 64 bytes .* 60: it is cut short/],
  ['a shape of less than the file has', craft(dict('(4, 4)'), 68), 'FORMAT', /longer than it says/],
  ['a shape of a terabyte', craft(dict('(250000, 1000000)'), 64), 'TOO_LARGE', /250000000000 elements/],
  ['a shape that is the whole limit', craft(dict('(1073741823,)'), 64), 'FORMAT', /cut short/],
  ['a product past any number', craft(dict(`(${'9007199254740991, '.repeat(40)})`), 64), 'TOO_LARGE', /elements/],
  ['such a product times nothing', craft(dict(`(${'9007199254740991, '.repeat(40)}0)`), 0), 'TOO_LARGE', /elements/],
  ['a size of thirty digits', craft(dict(`(${'9'.repeat(30)},)`), 64), 'TOO_LARGE', /30 digits/],
  ['a negative size', craft(dict('(-1, 4)'), 16), 'FORMAT', /size -1/],
  ['two negative sizes', craft(dict('(-4, -4)'), 64), 'FORMAT', /size -4/],
  ['a size with a point', craft(dict('(4.0, 4)'), 64), 'FORMAT', /damaged at character/],
  ['a number that is no tuple', craft(dict('(4)'), 16), 'FORMAT', /','/],
  ['65 sizes', craft(dict(`(${'1, '.repeat(65)})`), 4), 'FORMAT', /65 sizes/],
  ['no shape', craft("{'descr': '<f4', 'fortran_order': False}", 4), 'FORMAT', /descr, fortran_order$/],
  ['a key too many', craft(`{'x': 'y', ${dict('(1,)').slice(1)}`, 4), 'FORMAT', /gives x, descr/],
  ['a key twice', craft(`{'descr': '<f4', ${dict('(1,)').slice(1)}`, 4), 'FORMAT', /"descr" twice/],
  ['code instead of a dict', craft("__import__('os').abort()", 4), 'FORMAT', /damaged at character 0/],
  ['code after the dict', craft(`${dict('(1,)')} + 1`, 4), 'FORMAT', /the end/],
  ['an escape in a text', craft(dict('(1,)', "'<f4\\n'"), 4), 'FORMAT', /damaged/],
  ['objects', craft(dict('(1,)', "'|O'"), 8), 'DTYPE', /"\|O" is not read/],
  ['complex numbers', craft(dict('(1,)', "'<c8'"), 8), 'DTYPE', /<c8/],
  ['a type without a byte order', craft(dict('(1,)', "'|f4'"), 4), 'DTYPE', /\|f4/],
  ['records', craft(dict('(1,)', "[('x', '<f4')]"), 4), 'DTYPE', /named fields/],
  ['a header of 4 GB', craft('', 64, 2).fill(255, 8, 12), 'TOO_LARGE', /header has 4294967295 bytes/],
  ['a header longer than the file', craft('', 10, 1).fill(255, 8, 10), 'FORMAT', /65535 bytes are needed/],
  ['version 4', craft(dict('(1,)'), 4, 4), 'FORMAT', /version is 4.0/],
  ['another format', Buffer.from('PK\x03\x04 and so on, a zip file'), 'FORMAT', /not a \.npy/],
  ['nothing', new Uint8Array(0), 'FORMAT', /cut short/],
]

describe('a header that lies', () => {
  test.each(LIES)('%s', async (_, file, code, message) => {
    writeFileSync(at('lie.npy'), file)
    await expectError(readNpy(at('lie.npy'), { into: noMemory }), code, message)
  })

  test('costs no memory, all of them together', async () => {
    const growth = await growthOf(async () => {
      for (const [, file] of LIES) {
        writeFileSync(at('lie.npy'), file)
        await errorOf(readNpy(at('lie.npy')))
      }
    })
    expect(growth).toBeLessThan(16 * 2 ** 20)
  })
})

test('a file cut anywhere is refused', async () => {
  for (const name of ['f4-le-rows.npy', 'f4-be-columns.npy', 'version-3.npy', 'u1-rows.npy']) {
    const whole = readFileSync(fixture(name))
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(at('cut.npy'), whole.subarray(0, length))
      await expectError(readNpy(at('cut.npy'), { into: noMemory }), 'FORMAT')
    }
  }
})

test('a file that shrinks while it is read is an error, not zeros', async () => {
  writeFileSync(at('shrinks.npy'), craft(dict('(8,)'), 32))
  const into = (): Float32Array => {
    truncateSync(at('shrinks.npy'), 80)
    return new Float32Array(8)
  }
  await expectError(readNpy(at('shrinks.npy'), { into }), 'FORMAT', /cut short/)
})

test('600 damaged headers: each is read or refused in words, none crashes', async () => {
  const random = seeded(20)
  const counts = { read: 0, refused: 0 }
  for (let round = 0; round < 600; round++) {
    const whole = readFileSync(fixture(['f4-le-rows.npy', 'i8-be-columns.npy', 'version-2.npy'][round % 3]))
    writeFileSync(at('damaged.npy'), mutated(whole, 100, random))
    await readNpy(at('damaged.npy')).then(
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

test('what is not there, and what is no file, is said so', async () => {
  await expectError(readNpy(at('none.npy')), 'NOT_FOUND', /none\.npy/)
  await expectError(readNpy(at('')), 'IO', /folder/)
  await expectError(readNpy('bad\0name.npy'), 'IO')
})

test.skipIf(process.platform === 'win32')('a pipe is refused at once, without waiting for a writer', async () => {
  execFileSync('mkfifo', [at('pipe.npy')])
  await expectError(readNpy(at('pipe.npy')), 'IO', /pipe/)
  await expectError(readNpy('/dev/zero'), 'IO', /device/)
})
