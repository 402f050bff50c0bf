// .safetensors files that numpy and the format's reference implementation made, and the same bytes from here.
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { Tensor } from '@weft/core'
import { readSafetensors, SafetensorsFile, writeSafetensors } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { bitsOf, EXPECTED, expectError, fixture, growthOf, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()
const TYPES = fixture('types.safetensors')

describe('reading', () => {
  const names = Object.keys(EXPECTED).filter((name) => name.startsWith('types.safetensors:'))

  test.each(names)('%s gives the bits that numpy gives with astype(float32)', async (address) => {
    const tensor = await readSafetensors(TYPES, address.split(':')[1])
    expect(tensor.shape).toEqual(EXPECTED[address].shape)
    expect(bitsOf(tensor.data)).toBe(EXPECTED[address].float32)
  })

  test('lists the entries in the order of the file, with the metadata', async () => {
    await using file = await SafetensorsFile.open(TYPES)
    expect(file.entries).toHaveLength(15)
    expect(file.entries[0]).toEqual({ name: 'bool.values', dtype: 'BOOL', shape: [3, 4], bytes: 12 })
    expect(file.entries.map(({ dtype }) => dtype)).toContain('BF16')
    expect([...file.metadata]).toEqual([['made by', 'numpy']])
  })

  test('a type that is not known stays in the list, and only reading it is refused', async () => {
    await using file = await SafetensorsFile.open(TYPES)
    expect(file.entries.map(({ name }) => name)).toContain('a type of tomorrow')
    await expectError(file.read('a type of tomorrow'), 'DTYPE', /"F8_E4M3" is not read; .*BF16/)
  })

  test('a whole file of the reference implementation', async () => {
    await using file = await SafetensorsFile.open(fixture('reference.safetensors'))
    const [weight, labels, ints, scalar, empty] = await Promise.all([
      file.read('conv1.weight'),
      file.read('labels', { dtype: 'uint8' }),
      file.read('10', { dtype: 'int32' }),
      file.read('2'),
      file.read('\u00e9\u4e2d'),
    ])
    expect(weight.toArray()).toEqual([
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ])
    expect(labels.data).toEqual(Uint8Array.of(0, 1, 2, 3, 4))
    expect(ints.data).toEqual(Int32Array.of(-1, 0))
    expect([scalar.shape, scalar.data[0]]).toEqual([[], 1.5])
    expect(empty.shape).toEqual([0, 2])
  })

  test('lands in a view of shared memory', async () => {
    const arena = new SharedArrayBuffer(1024)
    const tensor = await readSafetensors(TYPES, 'f32.values', { into: () => new Float32Array(arena, 512, 12) })
    expect(tensor.data.buffer).toBe(arena)
    expect(bitsOf(tensor.data)).toBe(EXPECTED['types.safetensors:f32.values'].float32)
  })
})

test('one entry of a huge file is read without the rest', async () => {
  const big = 2 ** 33
  const header = JSON.stringify({
    small: { dtype: 'F32', shape: [2], data_offsets: [big, big + 8] },
    big: { dtype: 'F32', shape: [big / 4], data_offsets: [0, big] },
  })
  const file = openSync(at('huge.safetensors'), 'w')
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(header.length))
  writeSync(file, Buffer.concat([prefix, Buffer.from(header)]), 0, 8 + header.length, 0)
  writeSync(file, new Uint8Array(Float32Array.of(1.5, -2).buffer), 0, 8, 8 + header.length + big)
  ftruncateSync(file, 8 + header.length + big + 8)
  closeSync(file)

  const growth = await growthOf(async () => {
    expect((await readSafetensors(at('huge.safetensors'), 'small')).toArray()).toEqual([1.5, -2])
    await expectError(readSafetensors(at('huge.safetensors'), 'big'), 'TOO_LARGE', /2147483648 elements/)
  })
  expect(growth).toBeLessThan(16 * 2 ** 20)
})

describe('a name that is not there', () => {
  test('is answered with the nearest', async () => {
    await expectError(
      readSafetensors(TYPES, 'f32.value'),
      'NOT_FOUND',
      /no entry "f32.value"; of its 15, the nearest are "f32\.values", /,
    )
    await expectError(readSafetensors(TYPES, 'bf16.valeus'), 'NOT_FOUND', /nearest are "bf16.values"/)
    await expectError(readSafetensors(fixture('reference-one.safetensors'), 'x'), 'NOT_FOUND', /; it has "only"$/)
  })

  test('no name is enough where there is one entry only', async () => {
    expect((await readSafetensors(fixture('reference-one.safetensors'))).toArray()).toEqual([0, 1, 2])
    await expectError(readSafetensors(TYPES), 'NOT_FOUND', /holds 15 tensors; name one, as in .*types\.safetensors:bool\.values/)
  })

  test('and a name like those of objects is only a name', async () => {
    await expectError(readSafetensors(TYPES, '__proto__'), 'NOT_FOUND')
    await expectError(readSafetensors(TYPES, '__metadata__'), 'NOT_FOUND')
  })
})

describe('writing', () => {
  const tensors = {
    'conv1.weight': Tensor.arange([1, 2, 3]),
    labels: new Tensor(Uint8Array.of(0, 1, 2, 3, 4), [5]),
    '10': new Tensor(Int32Array.of(-1, 0), [2]),
    '2': new Tensor(Float32Array.of(1.5), []),
    '\u00e9\u4e2d': Tensor.zeros([0, 2]),
  }

  test('gives the very bytes of the reference implementation, whatever the order', async () => {
    const reference = readFileSync(fixture('reference.safetensors'))
    await writeSafetensors(at('a.safetensors'), tensors, { metadata: { format: 'np' } })
    await writeSafetensors(at('b.safetensors'), new Map(Object.entries(tensors).reverse()), { metadata: { format: 'np' } })
    expect(readFileSync(at('a.safetensors')).toString('latin1')).toBe(reference.toString('latin1'))
    expect(readFileSync(at('b.safetensors')).equals(reference)).toBe(true)
  })

  test('nothing at all is a file too', async () => {
    await writeSafetensors(at('none.safetensors'), {})
    await using file = await SafetensorsFile.open(at('none.safetensors'))
    expect(file.entries).toEqual([])
    await expectError(file.read('x'), 'NOT_FOUND', /none at all/)
  })

  test('names with paths, quotes and object words come back as they are, and touch no file', async () => {
    const names = ['../../escape', '/etc/passwd', 'a"b\\c\n', '__proto__', 'constructor', '']
    await writeSafetensors(
      at('names.safetensors'),
      names.map((name, index) => [name, Tensor.full([1], index)] as const),
    )
    await using file = await SafetensorsFile.open(at('names.safetensors'))
    for (const [index, name] of names.entries()) expect((await file.read(name)).data[0]).toBe(index)
  })

  test('a name twice, the name of the metadata and broken text are refused', async () => {
    const one = Tensor.zeros([1])
    const twice = [
      ['a', one],
      ['a', one],
    ] as const
    await expectError(writeSafetensors(at('x.safetensors'), twice), 'OPTION', /"a" is given twice/)
    await expectError(writeSafetensors(at('x.safetensors'), { __metadata__: one }), 'OPTION', /kept for metadata/)
    await expectError(writeSafetensors(at('x.safetensors'), { '\ud800': one }), 'OPTION', /well-formed/)
  })
})
