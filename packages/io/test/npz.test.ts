// .npz against numpy's own files, damage, bombs, and slices of .npy.
import { readFileSync, writeFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import { Tensor } from '@weft/core'
import { encodeNpz, NpzFile, npyShape, readNpy, readNpySlice, readNpz, writeNpy, writeTensor, ZipWriter } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { expectError, fixture, mutated, seeded, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()
const file = (name: string, bytes: Uint8Array): string => {
  writeFileSync(at(name), bytes)
  return at(name)
}
const bytesOf = (...tensors: [string, Tensor][]): Buffer => Buffer.concat(encodeNpz(tensors))

describe.each(['stored', 'deflated'])('what numpy wrote, %s', (kind) => {
  test('is read by name, as float32, in the order of the file', async () => {
    await using npz = await NpzFile.open(fixture(`numpy-${kind}.npz`))
    expect(npz.names).toEqual(['images', 'labels', 'a/b', 'column'])
    const images = await npz.read('images')
    expect([images.shape, images.get(1, 2, 3)]).toEqual([[2, 3, 4], 23 / 8])
    expect([...(await npz.read('labels', { dtype: 'int32' })).data]).toEqual([3, 1, 4, 1, 5])
    expect((await npz.read('a/b')).data).toEqual(Float32Array.of(-1.5, 0, 2.5))
    expect([...(await npz.read('column')).data]).toEqual([0, 1, 2, 3, 4, 5])
    await expectError(npz.read('image'), 'NOT_FOUND', /no entry "image"; the nearest of its 4 are "images"/)
  })

  test('one of several must be named', async () => {
    await expectError(readNpz(fixture(`numpy-${kind}.npz`)), 'NOT_FOUND', /holds 4 tensors; name one/)
  })
})

test('what is written is read again, the same bytes every time', async () => {
  const tensors: [string, Tensor][] = [
    ['x', Tensor.arange([2, 3])],
    ['y/z', Tensor.full([4], 0.5)],
  ]
  const path = file('own.npz', bytesOf(...tensors))
  for (const [name, tensor] of tensors) expect((await readNpz(path, name)).data).toEqual(tensor.data)
  expect(bytesOf(...tensors).equals(bytesOf(...tensors))).toBe(true)
  await writeTensor(at('one.npz'), Tensor.arange([3]))
  expect([...(await readNpz(at('one.npz'))).data]).toEqual([0, 1, 2])
})

test('sizes and counts past 32 and 16 bits are written as zip64', () => {
  const zip = new ZipWriter()
  expect(Buffer.from(zip.begin({ name: 'big', crc: 1, size: 2 ** 33 })).readBigUInt64LE(30 + 3 + 4)).toBe(2n ** 33n)
  zip.begin({ name: 'after', crc: 2, size: 10 })
  const end = Buffer.from(zip.end())
  expect([end.indexOf('PK\x06\x06') > 0, end.indexOf('PK\x06\x07') > 0]).toEqual([true, true])
  const many = new ZipWriter()
  for (let index = 0; index < 70_000; index++) many.begin({ name: `${index}`, crc: 0, size: 0 })
  const tail = Buffer.from(many.end())
  expect(tail.readBigUInt64LE(tail.length - 22 - 20 - 56 + 32)).toBe(70_000n)
})

/** A zip with one deflated entry that claims to be `size` bytes. */
function bomb(packed: Uint8Array, size: number): Buffer {
  const zip = new ZipWriter()
  const local = Buffer.from(zip.begin({ name: 'x.npy', crc: 0, size: packed.length }))
  const end = Buffer.from(zip.end())
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(size, 22)
  end.writeUInt16LE(8, 10)
  end.writeUInt32LE(size, 24)
  return Buffer.concat([local, packed, end])
}

test('bombs are refused before they are inflated, and while they are', async () => {
  const zeros = deflateRawSync(new Uint8Array(2 ** 20))
  await expectError(
    readNpz(file('claims.npz', bomb(Buffer.alloc(100), 0xfffffffe))),
    'FORMAT',
    /cannot have 4294967294 bytes in 100/,
  )
  await expectError(readNpz(file('understates.npz', bomb(zeros, 1000))), 'FORMAT', /cannot be inflated/)
  const one = bytesOf(['a', Tensor.zeros([100])])
  const twice = Buffer.from(bytesOf(['a', Tensor.zeros([100])], ['b', Tensor.zeros([100])]))
  // The second entry of the directory points at the first one's bytes.
  twice.writeUInt32LE(0, twice.lastIndexOf('PK\x01\x02') + 42)
  await expectError(NpzFile.open(file('overlap.npz', twice)), 'FORMAT', /inside of another/)
  one[60] ^= 1
  await expectError(readNpz(file('flipped.npz', one)), 'FORMAT', /checksum/)
})

test('a thousand damaged files are errors of weft, never anything else', async () => {
  const random = seeded(7)
  const originals = [
    readFileSync(fixture('numpy-stored.npz')),
    readFileSync(fixture('numpy-deflated.npz')),
    bytesOf(['a', Tensor.arange([9])]),
  ]
  for (let index = 0; index < 1000; index++) {
    const original = originals[index % 3]
    const damaged = index % 5 === 0 ? original.subarray(0, random(original.length)) : mutated(original, original.length, random)
    const path = file('damaged.npz', damaged)
    const read = async (): Promise<void> => {
      await using npz = await NpzFile.open(path)
      for (const name of npz.names) await npz.read(name)
    }
    const code = await read().then(
      () => 'read',
      (error) => error.code,
    )
    expect(['read', 'FORMAT', 'DTYPE', 'TOO_LARGE', 'IO'], `seed 7, file ${index}`).toContain(code)
  }
})

describe('a slice of a .npy file', () => {
  const x = Tensor.arange([3, 4, 5])

  test.each([0, 1, 2])('along axis %i', async (axis) => {
    await writeNpy(at('x.npy'), x)
    expect(await npyShape(at('x.npy'))).toEqual([3, 4, 5])
    for (let index = 0; index < x.shape[axis]; index++) {
      const slice = await readNpySlice(at('x.npy'), axis, index)
      const expected = [...x.data].filter((_, at) => [Math.floor(at / 20), Math.floor(at / 5) % 4, at % 5][axis] === index)
      expect([slice.shape, [...slice.data]]).toEqual([x.shape.toSpliced(axis, 1), expected])
    }
  })

  test('of a file in Fortran order', async () => {
    const whole = await readNpy(fixture('fortran-3d.npy'))
    for (let axis = 0; axis < 3; axis++) {
      const slice = await readNpySlice(fixture('fortran-3d.npy'), axis, 1)
      const [a, b] = slice.shape
      for (let i = 0; i < a; i++)
        for (let j = 0; j < b; j++)
          expect(slice.get(i, j)).toBe(whole.get(...([i, j].toSpliced(axis, 0, 1) as [number, number, number])))
    }
  })

  test('that is not there', async () => {
    await writeNpy(at('x.npy'), x)
    await expectError(readNpySlice(at('x.npy'), 3, 0), 'OPTION', /no slice 0 of axis 3/)
    await expectError(readNpySlice(at('x.npy'), 0, 3), 'OPTION', /no slice 3 of axis 0/)
  })
})
