// Memory that is used again from picture to picture.
import { expect, test } from 'vitest'
import { Spares } from '../src/run/spares.ts'

test('memory of the same size is taken again, once, and never that of another size', () => {
  const spares = new Spares()
  const [a, b] = [spares.take([3, 4]), spares.take([2])]
  spares.give(a)
  spares.give(b)
  expect(spares.take([12])).toBe(a)
  expect(spares.take([12])).not.toBe(a)
  expect(spares.take([2])).toBe(b)
})

test('no more is kept than 64 MiB, the latest, and none after a clearing', () => {
  const spares = new Spares()
  const all = Array.from({ length: 5 }, () => spares.take([2 ** 22]))
  for (const one of all) spares.give(one)
  expect([1, 2, 3, 4].map(() => all.indexOf(spares.take([2 ** 22])))).toEqual([4, 3, 2, 1])
  expect(all.includes(spares.take([2 ** 22]))).toBe(false)
  spares.give(all[0])
  spares.clear()
  expect(spares.take([2 ** 22]) === all[0]).toBe(false)
})
