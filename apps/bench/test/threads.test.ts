import { describe, expect, it } from 'vitest'
import { defaultThreads, parseThreads, parseThreadsWithOne } from '../src/threads.ts'

describe('parseThreads', () => {
  it.each([
    ['1,2,4', [1, 2, 4]],
    ['4, 2', [2, 4]],
    ['8', [8]],
    ['1-4,8,8', [1, 2, 3, 4, 8]],
  ])('%s', (text, counts) => {
    expect(parseThreads(text)).toEqual(counts)
  })

  it('puts one first where speed-up is told', () => {
    expect([parseThreadsWithOne('2,4'), parseThreadsWithOne('1,2')]).toEqual([
      [1, 2, 4],
      [1, 2],
    ])
  })

  it.each(['', '0', '1,,2', '-1', '1.5', 'all', '4-2', '1025', '1-'])("refuses '%s'", (text) => {
    expect(() => parseThreads(text)).toThrow(
      expect.objectContaining({ code: 'OPTION', message: expect.stringContaining(`'${text}'`) }),
    )
  })
})

describe('defaultThreads', () => {
  it.each([
    [1, [1]],
    [2, [1, 2]],
    [6, [1, 2, 3, 4, 5, 6]],
    [24, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 24]],
  ])('of %i cores', (cores, counts) => {
    expect(defaultThreads(cores)).toEqual(counts)
  })

  it('never grows long, always rises, always ends with every core', () => {
    for (let cores = 1; cores <= 1024; cores++) {
      const counts = defaultThreads(cores)
      expect(counts.length).toBeLessThanOrEqual(40)
      expect(counts.at(-1)).toBe(cores)
      expect(counts.every((count, index) => index === 0 || count > counts[index - 1])).toBe(true)
    }
  })
})
