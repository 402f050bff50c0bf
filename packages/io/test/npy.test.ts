// .npy files that numpy made, and files like those that numpy makes.
import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { readNpy, readTensorAt } from '@weft/io'
import { describe, expect, test, vi } from 'vitest'
import { widenHalfs } from '../src/half.ts'
import { bitsOf, EXPECTED, expectError, fixture, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()

describe('reading', () => {
  const files = Object.keys(EXPECTED).filter((name) => name.endsWith('.npy'))

  test.each(files)('%s gives the bits that numpy gives with astype(float32)', async (name) => {
    const tensor = await readNpy(fixture(name))
    expect(tensor.dtype).toBe('float32')
    expect(tensor.shape).toEqual(EXPECTED[name].shape)
    expect(bitsOf(tensor.data)).toBe(EXPECTED[name].float32)
  })

  test('covers every numeric type in both byte orders, rows and columns', () => {
    const kinds = ['b1', 'i1', 'u1'].map((kind) => `${kind}-rows.npy`)
    for (const kind of ['i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f2', 'f4', 'f8'])
      kinds.push(`${kind}-le-rows.npy`, `${kind}-be-columns.npy`)
    expect(files).toEqual(expect.arrayContaining(kinds))
  })

  test('every half is the number that the language says it is', () => {
    const halfs = Uint16Array.from({ length: 65536 }, (_, index) => index)
    const out = new Float32Array(65536)
    widenHalfs(halfs, out)
    const view = new DataView(halfs.buffer) as DataView & { getFloat16(offset: number, little: boolean): number }
    for (let half = 0; half < 65536; half++) {
      if (!Object.is(out[half], view.getFloat16(2 * half, true))) expect.fail(`half ${half} became ${out[half]}`)
    }
  })

  test('a file longer than the buffer comes through whole, whatever its order', async () => {
    const count = 3 * 2 ** 17 + 5
    const doubles = Float64Array.from({ length: 2 * count }, (_, index) => index)
    const path = at('long.npy')
    for (const fortran of ['False', 'True']) {
      writeFileSync(path, npy(`{'descr': '<f8', 'fortran_order': ${fortran}, 'shape': (2, ${count})}`, doubles))
      const { data } = await readNpy(path)
      const wrong = data.findIndex(
        (value, index) => value !== (fortran === 'True' ? (index % count) * 2 + Math.floor(index / count) : index),
      )
      expect(wrong).toBe(-1)
    }
  })

  test('takes the header of Python 2, with its L, and double quotes', async () => {
    writeFileSync(at('two.npy'), npy(`{"descr": "<f4", "fortran_order": False, "shape": (2L, 1L,),}  \n`, Float32Array.of(1, 2)))
    expect((await readNpy(at('two.npy'))).toArray()).toEqual([[1], [2]])
  })
})

describe('another dtype', () => {
  test('uint8 keeps bytes and booleans, int32 keeps every integer that fits', async () => {
    expect([...(await readNpy(fixture('u1-columns.npy'), { dtype: 'uint8' })).data]).toEqual([
      ...(await readNpy(fixture('u1-columns.npy'))).data,
    ])
    expect((await readNpy(fixture('b1-rows.npy'), { dtype: 'uint8' })).data).toBeInstanceOf(Uint8Array)
    const ints = await readNpy(fixture('i4-be-columns.npy'), { dtype: 'int32' })
    expect([...ints.data]).toEqual([
      -2147483648, -2147483647, -16777217, -1, 0, 1, 16777216, 16777217, 16777219, 2147483647, 305419896, 5,
    ])
    expect([...(await readNpy(fixture('i1-rows.npy'), { dtype: 'int32' })).data].slice(0, 3)).toEqual([-128, -127, -1])
  })

  test('64-bit labels come as int32 when they fit', async () => {
    writeFileSync(
      at('i8.npy'),
      npy(`{'descr': '<i8', 'fortran_order': False, 'shape': (3,)}`, BigInt64Array.of(-1n, 7n, 2147483647n)),
    )
    expect([...(await readNpy(at('i8.npy'), { dtype: 'int32' })).data]).toEqual([-1, 7, 2147483647])
  })

  test.each(['i8-le-rows.npy', 'u8-le-rows.npy', 'u4-le-rows.npy'])(
    '%s as int32 is refused: a value does not fit',
    async (name) => {
      await expectError(readNpy(fixture(name), { dtype: 'int32' }), 'DTYPE', /does not fit int32/)
    },
  )

  test('what would lose something is refused with what would not', async () => {
    await expectError(readNpy(fixture('f4-le-rows.npy'), { dtype: 'uint8' }), 'DTYPE', /read them as float32/)
    await expectError(readNpy(fixture('i1-rows.npy'), { dtype: 'uint8' }), 'DTYPE', /float32 or int32/)
    await expectError(readNpy(fixture('f4-le-rows.npy'), { dtype: 'float64' as 'float32' }), 'OPTION', /float64/)
  })
})

describe('into given memory', () => {
  test.each(['f4-le-rows.npy', 'f4-be-columns.npy', 'u2-le-rows.npy', 'empty.npy'])(
    '%s lands in a view of shared memory',
    async (name) => {
      const arena = new SharedArrayBuffer(256)
      let asked: readonly number[] = []
      const tensor = await readNpy(fixture(name), {
        into: (shape) => {
          asked = shape
          return new Float32Array(
            arena,
            64,
            EXPECTED[name].shape.reduce((a, b) => a * b),
          )
        },
      })
      expect(asked).toEqual(EXPECTED[name].shape)
      expect(tensor.data.buffer).toBe(arena)
      expect(bitsOf(tensor.data)).toBe(EXPECTED[name].float32)
      expect(new Uint8Array(arena, 0, 64).every((byte) => byte === 0)).toBe(true)
    },
  )

  test.each([
    [fixture('f4-le-rows.npy'), 'float32'],
    [fixture('u1-rows.npy'), 'uint8'],
    [fixture('i4-le-rows.npy'), 'int32'],
    [fixture('types.safetensors:f32.values'), 'float32'],
  ] as const)('the system itself writes %s there as %s, without a copy in between', async (address, dtype) => {
    const arena = new SharedArrayBuffer(64)
    const views = {
      float32: new Float32Array(arena, 0, 12),
      uint8: new Uint8Array(arena, 0, 12),
      int32: new Int32Array(arena, 0, 12),
    }
    const handle = await open(fixture('scalar.npy'))
    const reads = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'read')
    await readTensorAt(address, { dtype, into: () => views[dtype] })
    const targets = reads.mock.calls.map(([view]) => (view as unknown as Uint8Array).buffer)
    reads.mockRestore()
    await handle.close()
    expect(targets.at(-1)).toBe(arena)
    expect(targets.filter((buffer) => buffer.byteLength >= 2 ** 20)).toEqual([])
  })

  test('memory of another size or type is refused before anything is read', async () => {
    const small = new Float32Array(3)
    await expectError(
      readNpy(fixture('f4-le-rows.npy'), { into: () => small }),
      'OPTION',
      /Float32Array of 3 .* 12 numbers of float32/,
    )
    expect(small).toEqual(new Float32Array(3))
    const ints = (() => new Int32Array(12)) as unknown as () => Float32Array
    await expectError(readNpy(fixture('f4-le-rows.npy'), { into: ints }), 'OPTION', /Int32Array/)
  })
})

function npy(header: string, data: ArrayBufferView): Uint8Array {
  const prefix = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8])
  return Buffer.concat([prefix, Buffer.from(header), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)])
}
