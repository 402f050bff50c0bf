import { Tensor } from '@weft/core'
import { describe, expect, it } from 'vitest'

describe('a tensor', () => {
  it('goes from nested arrays and back', () => {
    const nested = [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]
    const tensor = Tensor.from(nested)
    expect(tensor.shape).toEqual([2, 2, 2])
    expect(tensor.toArray()).toEqual(nested)
    expect(tensor.get(1, 0, 1)).toBe(6)
  })

  it('stores uint8 and int32 too', () => {
    expect(Tensor.from([[1, 300]], 'uint8').toArray()).toEqual([[1, 44]])
    expect(Tensor.from([-5], 'int32').dtype).toBe('int32')
  })

  it('lies over shared memory, and its views with it', () => {
    const memory = new SharedArrayBuffer(48)
    const tensor = new Tensor(new Float32Array(memory), [3, 4])
    tensor.slice(1, 2).data[0] = 7
    expect(tensor.reshape([-1]).data[4]).toBe(7)
    expect(tensor.at(1).shape).toEqual([4])
  })

  it.each([
    ['too few numbers', () => new Tensor(new Float32Array(5), [2, 3]), '5 numbers do not fill shape (2, 3), which holds 6'],
    ['ragged arrays', () => Tensor.from([[1, 2], [3]]), 'ragged'],
    ['arrays of different depth', () => Tensor.from([[1], 2]), 'ragged'],
    ['a reshape that does not fit', () => Tensor.zeros([2, 3]).reshape([4, -1]), 'cannot reshape (2, 3), 6 numbers, to (4, -1)'],
    ['a slice outside', () => Tensor.zeros([2, 3]).slice(1, 3), 'cannot slice [1, 3) of the first axis of (2, 3)'],
    ['an index outside', () => Tensor.zeros([2, 3]).get(0, 3), '[0, 3] is outside of shape (2, 3)'],
    ['text', () => Tensor.from(JSON.parse('[["1","2"]]')), 'nested arrays hold numbers; here is a string'],
    [
      'other arrays',
      () => new Tensor(new Float64Array(2) as unknown as Float32Array, [2]),
      'a tensor holds float32, uint8, int32',
    ],
    ['an index between two', () => Tensor.zeros([2, 3]).get(0, 0.5), 'is outside of shape'],
    ['a negative size', () => Tensor.zeros([2, -3]), 'has the size -3'],
    ['more than memory can address', () => Tensor.zeros([1e5, 1e5]), 'the limit is 1073741823'],
  ])('refuses %s and names the shapes', (_, make, message) => {
    expect(make).toThrow(message)
  })

  it('prints aligned rows and shortens long axes', () => {
    expect(
      String(
        Tensor.from([
          [1, 20],
          [-3.5, 4],
        ]),
      ),
    ).toBe('Tensor (2, 2) float32\n[[   1,   20],\n [-3.5,    4]]')
    expect(String(Tensor.arange([2, 100]))).toContain('[  0,   1,   2, ...,  97,  98,  99]')
    expect(String(Tensor.zeros([0, 3]))).toBe('Tensor (0, 3) float32 []')
  })
})
