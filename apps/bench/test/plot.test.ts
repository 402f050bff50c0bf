import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { coloursFor, plain } from '../src/colours.ts'
import { plotLines } from '../src/plot.ts'
import type { Curve } from '../src/report/curve.ts'

const curve = (mode: Curve['mode'], ...speedups: (readonly [number, number])[]): Curve => {
  const points = speedups.map(([threads, speedup]) => ({ threads, speedup }))
  return { mode, points, fitted: points, amdahl: null, universal: null }
}
const CURVES = [curve('channels', [1, 1], [2, 1.5], [4, 2]), curve('items', [1, 1], [2, 2], [4, 4])]

describe('the plot of a terminal', () => {
  it('has every way at its speed-up, and the ideal line', () => {
    expect(plotLines(CURVES, 20)).toEqual([
      '  4.0 |            i',
      '      |          ..',
      '      |        ..',
      '      |      ..',
      '      |    i.      c',
      '      |  ..c',
      '  1.0 |*.',
      '      |',
      '      |',
      '      +-------------',
      '       1   2       4',
      'speed-up by threads: c channels, i items, * both, . ideal',
    ])
  })

  it('fits every width, and is left out where there is no room or nothing to tell', () => {
    const many = [curve('items', ...[1, 2, 3, 4, 64, 128, 256, 1000, 1024].map((n): [number, number] => [n, n * 1.01]))]
    for (const columns of [19, 30, 57, 80, 300]) {
      const lines = plotLines(many, columns)
      expect(lines.length).toBeGreaterThan(5)
      for (const line of lines.slice(0, -1)) expect(line.length).toBeLessThanOrEqual(Math.min(columns, 80))
    }
    expect(plotLines(many, 18)).toEqual([])
    expect(plotLines([curve('items', [1, 1])], 80)).toEqual([])
    expect(plotLines([], 80)).toEqual([])
  })

  it('has colours on a terminal, and none elsewhere or with NO_COLOR', () => {
    const [off, terminal] = [plotLines(CURVES, 40, plain).join('\n'), { isTTY: true }]
    expect(plotLines(CURVES, 40, coloursFor({}, {})).join('\n')).toBe(off)
    expect(plotLines(CURVES, 40, coloursFor(terminal, { NO_COLOR: '1' })).join('\n')).toBe(off)
    const coloured = plotLines(CURVES, 40, coloursFor(terminal, {})).join('\n')
    expect(coloured).toContain('\u001b[36mc\u001b[39m')
    expect(stripVTControlCharacters(coloured)).toBe(off)
  })
})
