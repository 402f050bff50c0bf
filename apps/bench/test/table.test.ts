import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { columns, number, scaled, WIDTH, wrapped } from '../src/layout.ts'
import { quoted, repeatLines } from '../src/quote.ts'
import { tableText } from '../src/table.ts'
import { sampleReport } from './sample-report.ts'

describe('number', () => {
  it.each([
    [0.012345, '0.01235'],
    [0.12345, '0.1235'],
    [1.2344, '1.234'],
    [12.345, '12.35'],
    [123.45, '123.5'],
    [1234.5, '1235'],
  ])('%d', (value, text) => {
    expect(number(value)).toBe(text)
  })
})

describe('scaled', () => {
  it('has a unit of thousands', () => {
    expect([scaled(999), scaled(115605504), scaled(26.8e9)]).toEqual(['999 ', '115.6 M', '26.80 G'])
  })
})

describe('columns', () => {
  it('aligns the first to the left and the others to the right', () => {
    expect(
      columns([
        ['a', 'bb', 'c'],
        ['long', '1', '234'],
        ['end', '2', ''],
      ]),
    ).toEqual(['a    bb   c', 'long  1 234', 'end   2'])
  })
})

describe('wrapped', () => {
  it('breaks at words, continues under the text, keeps hard spaces', () => {
    const lines = wrapped('label  ', `${'word '.repeat(30)}a\u00a0b`, ' \\')
    expect(lines.length).toBe(3)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(WIDTH)
    expect(lines[0].endsWith('word \\')).toBe(true)
    expect(lines[1].startsWith('       word')).toBe(true)
    expect(lines[2].endsWith(' a b')).toBe(true)
  })
})

describe('repeatLines', () => {
  it('is one command to a shell, whatever is quoted in it', () => {
    const words = ['weft-bench', 'scale', `ic1ih3n"${'a long name '.repeat(9)}"`, "it's", ...Array(12).fill('--min-ms')]
    const lines = repeatLines(words.map(quoted).join(' '))
    expect(lines.length).toBeGreaterThan(2)
    const script = lines.join('\n').replace('repeat ', "printf '%s\\n'")
    expect(spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout).toBe(`${words.join('\n')}\n`)
  })
})

describe('tableText', () => {
  it.each([[[0.0123, 0.02]], [[1, 2, 3]], [[98765, 1234567.8]]])('fits 80 columns with times of %j', (samples) => {
    for (const name of ['layer*2', 'a-layer-with-a-name-that-is-much-too-long-for-its-line/and-more*2']) {
      for (const line of tableText(sampleReport(samples, name), true).split('\n'))
        expect(line.length, line).toBeLessThanOrEqual(WIDTH)
    }
  })

  it('says all there is to say', () => {
    const text = tableText(sampleReport([1, 2, 3]), true)
    expect(text).toContain('weft-bench 0.1.0, Node 24.21.0, linux x64, 2026-01-02T03:04:05.678Z')
    expect(text).toMatch(/^BUSY +other programs kept 123\.4 of 256 cores busy/m)
    expect(text).toContain('relaxed: known answers verified')
    expect(text).toMatch(/peak +1235 GFLOP\/s a core/)
    expect(text).toMatch(/repeat +weft-bench scale g4ic64/)
    expect(text).toMatch(/^way +threads +best +p10 +median +p90 +GFLOP\/s +speed-up +effic\. +peak$/m)
    expect(text).toMatch(/^channels +2 +1\.000 +1\.200 +2\.000 +2\.800 .* 1\.00 +50% /m)
    expect(text).toMatch(/cold +prepare \+ first run, .* 1: 12\.50 \+ 123456/)
    expect(text).toMatch(/^FAILED +no room for/m)
    expect(text).toMatch(/^my,suite: all 2 convolutions/m)
    expect(text).toContain('milliseconds a problem')
  })

  it('leaves the explanations out', () => {
    expect(tableText(sampleReport([1]), false)).not.toContain('milliseconds a problem')
  })
})
