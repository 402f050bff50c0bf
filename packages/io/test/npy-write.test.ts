// .npy files from here, against those of numpy.
import { readFileSync } from 'node:fs'
import { Tensor } from '@weft/core'
import { readNpy, writeNpy } from '@weft/io'
import { expect, test } from 'vitest'
import { bitsOf, fixture, temporaryFolder } from './helpers.ts'

const at = temporaryFolder()

test.each<[string, Tensor]>([
  ['saved-f4.npy', Tensor.arange([2, 3])],
  ['saved-u1.npy', new Tensor(Uint8Array.of(0, 1, 2, 3, 4), [5])],
  ['saved-i4.npy', new Tensor(Int32Array.of(-2, -1, 0, 1), [1, 2, 2, 1])],
  ['saved-scalar.npy', new Tensor(Float32Array.of(2.5), [])],
  [
    'saved-aligned.npy',
    new Tensor(
      Uint8Array.from({ length: 100 }, (_, i) => i),
      [1, 100, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    ),
  ],
])('gives the very bytes of numpy.save: %s', async (name, tensor) => {
  await writeNpy(at(name), tensor)
  expect(readFileSync(at(name)).equals(readFileSync(fixture(name)))).toBe(true)
})

test('a part of shared memory goes out and comes back', async () => {
  const part = new Float32Array(new SharedArrayBuffer(64), 16, 6)
  part.set([1, -2, Number.NaN, 4, Number.POSITIVE_INFINITY, -0])
  await writeNpy(at('shared.npy'), new Tensor(part, [3, 2]))
  expect(bitsOf((await readNpy(at('shared.npy'))).data)).toBe(bitsOf(part))
})
