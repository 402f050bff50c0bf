// Reading and writing by the extension of a path, and addresses of tensors.
import { Tensor } from '@weft/core'
import { FORMATS, formatOf, isReadable, parseAddress, READABLE_EXTENSIONS, readTensor, readTensorAt, writeTensor } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { expectError, fixture, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()

describe('the table', () => {
  test('knows each extension once', () => {
    expect(new Set(READABLE_EXTENSIONS).size).toBe(READABLE_EXTENSIONS.length)
    expect([...READABLE_EXTENSIONS].sort()).toEqual([
      '.jpeg',
      '.jpg',
      '.npy',
      '.npz',
      '.png',
      '.safetensors',
      '.tif',
      '.tiff',
      '.webp',
    ])
    for (const { name, extensions } of FORMATS)
      for (const extension of extensions) expect(formatOf(`a/b${extension}`).name).toBe(name)
  })

  test('takes capitals, and neither hidden nor temporary names', () => {
    expect(['A.NPY', 'b.JPeG', 'c.d.tif'].map(isReadable)).toEqual([true, true, true])
    expect(['npy', '.npy', 'a.npy.bak', 'a.', 'a.npy/', '.a.npy.weft-tmp-0123456789abcdef'].map(isReadable).slice(0, 4)).toEqual([
      false,
      false,
      false,
      false,
    ])
    expect(isReadable('.a.npy.weft-tmp-0123456789abcdef')).toBe(false)
  })

  test('says which extensions there are when one is not known', async () => {
    expect(() => formatOf('a.bmp')).toThrow(/a\.bmp: the extension \.bmp is not known; these are: \.npy, /)
    expect(() => formatOf('README')).toThrow(/has no extension/)
    await expectError(readTensor('a.bmp'), 'FORMAT')
    await expectError(writeTensor(at('a.bmp'), Tensor.zeros([1])), 'FORMAT')
  })
})

test.each(READABLE_EXTENSIONS)('a tensor goes out and comes back as %s', async (extension) => {
  const picture = Tensor.full([3, 16, 16], 0.4)
  await writeTensor(at(`file${extension}`), picture, { quality: 100 })
  const back = await readTensor(at(`file${extension}`))
  expect(back.shape).toEqual([3, 16, 16])
  for (const value of back.data) expect(value).toBeCloseTo(0.4, 2)
})

test('each format takes its options and leaves those of the others', async () => {
  expect((await readTensor(fixture('u1-rows.npy'), { dtype: 'uint8', channels: 'gray' })).dtype).toBe('uint8')
  expect((await readTensor(fixture('rgb.png'), { channels: 'gray', entry: 'x' })).shape).toEqual([1, 3, 5])
  await expectError(readTensor(fixture('rgb.png'), { dtype: 'uint8' }), 'DTYPE', /images are read as float32/)
  await writeTensor(at('named.safetensors'), Tensor.arange([2]), { entry: 'conv1.bias', metadata: { by: 'test' } })
  expect((await readTensorAt(at('named.safetensors:conv1.bias'))).toArray()).toEqual([0, 1])
})

describe('an address', () => {
  test.each([
    ['w.npy', { path: 'w.npy' }],
    ['w.safetensors', { path: 'w.safetensors' }],
    ['w.safetensors:conv1.weight', { path: 'w.safetensors', entry: 'conv1.weight' }],
    ['C:\\net\\w.SafeTensors:conv1', { path: 'C:\\net\\w.SafeTensors', entry: 'conv1' }],
    ['C:\\net\\w.npy', { path: 'C:\\net\\w.npy' }],
    ['a:b/w.safetensors:x:y/../z.npy', { path: 'a:b/w.safetensors', entry: 'x:y/../z.npy' }],
    ['w.safetensors:', { path: 'w.safetensors', entry: '' }],
  ])('%s', (address, parts) => {
    expect(parseAddress(address)).toEqual(parts)
  })

  test('reads an entry, an only entry, an array and an image', async () => {
    const shapes = await Promise.all(
      ['reference.safetensors:conv1.weight', 'reference-one.safetensors', 'f4-le-rows.npy', 'grey.png'].map(
        async (address) => (await readTensorAt(fixture(address))).shape,
      ),
    )
    expect(shapes).toEqual([[1, 2, 3], [3], [2, 3, 2], [3, 3, 5]])
  })

  test('hands on the options, and the error with the nearest names', async () => {
    const arena = new SharedArrayBuffer(64)
    const tensor = await readTensorAt(fixture('reference.safetensors:10'), {
      dtype: 'int32',
      into: () => new Int32Array(arena, 8, 2),
    })
    expect([tensor.data.buffer, [...tensor.data]]).toEqual([arena, [-1, 0]])
    await expectError(readTensorAt(fixture('reference.safetensors:conv1.wieght')), 'NOT_FOUND', /"conv1\.weight"/)
  })
})
