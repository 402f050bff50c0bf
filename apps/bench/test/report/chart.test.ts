import { describe, expect, it } from 'vitest'
import { shortened } from '../../src/report/bar-chart.ts'
import { logarithmic } from '../../src/report/chart.ts'
import { whereSections } from '../../src/report/where-section.ts'

describe('a logarithmic scale', () => {
  it('has two to ten marks within it, however narrow or wide it is and wherever it lies', () => {
    for (let from = 1e-3; from < 1e4; from *= 1.07) {
      for (const times of [1.44, 2, 4.9, 5, 12, 149, 151, 1e4, 1e9]) {
        const { values } = logarithmic(from, from * times).axis
        expect(values.length, `${from} times ${times}`).toBeGreaterThanOrEqual(2)
        expect(values.length, `${from} times ${times}`).toBeLessThanOrEqual(10)
        expect(values.every((value) => value > from * 0.999 && value < from * times * 1.001)).toBe(true)
      }
    }
    expect(logarithmic(2.5, 7.4).axis.values).toEqual([3, 4, 5, 6, 7])
  })
})

describe('the name of a layer in a chart', () => {
  it('keeps both its ends where it is too long', () => {
    expect(shortened('abcdefghij', 10)).toBe('abcdefghij')
    expect(shortened('abcdefghijk', 10)).toBe('abcde\u2026hijk')
    expect(shortened('abcdefghijk', 9)).toBe('abcd\u2026hijk')
  })
})

describe('where the time goes', () => {
  it('is drawn of its three parts alone, whatever else kept results have', async () => {
    const where = { compute: 3, barrier: 2, dispatch: 1 }
    const bodyOf = async (of: typeof where) => {
      const [{ body }] = await whereSections('Where', [{ name: 'layer', count: 1, where: new Map([[2, of]]) }])
      return body.text
    }
    const more = { ...where, cpuMs: 1e5 }
    expect(await bodyOf(more)).toBe(await bodyOf(where))
  })
})
