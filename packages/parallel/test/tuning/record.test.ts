import { describe, expect, it } from 'vitest'
import { formatSections, merged, parseSections, type Section } from '../../src/tuning/record.ts'

const setting = { cpu: 'some cpu', cores: 2, threads: 2, tier: 'relaxed' as const, version: '1.0.0' }
const section = (layers: Record<string, Record<string, number>>, of: Partial<Section['setting']> = {}): Section => ({
  setting: { ...setting, ...of },
  layers: new Map(Object.entries(layers).map(([layer, times]) => [layer, new Map(Object.entries(times))])),
})

describe('records of measured times', () => {
  it('come back from their text as they were', () => {
    const sections = [section({ a: { x: 1.5, y: 2 }, b: { x: 3 } }), section({}, { threads: 1 })]
    expect(parseSections(formatSections(sections))).toEqual(sections)
  })

  it('take in new times: of a layer the new ones, of other machines and tiers what was there, of other versions nothing', () => {
    const old = [
      section({ a: { x: 1 }, b: { x: 2 } }),
      section({ a: { x: 3 } }, { cpu: 'another' }),
      section({ a: { x: 4 } }, { tier: 'avx2' }),
      section({ a: { x: 5 } }, { threads: 1 }),
      section({ a: { x: 6 } }, { version: '0.9.0' }),
    ]
    expect(merged(old, section({ b: { y: 7 } }))).toEqual([old[1], old[2], old[3], section({ a: { x: 1 }, b: { y: 7 } })])
  })

  const layers = (value: unknown) => JSON.stringify({ tool: 'weft tuning', format: 1, sections: [{ setting, layers: value }] })
  it.each([
    ['', 'it is not JSON'],
    ['{"tool":', 'it is not JSON'],
    ['[]', 'the file is not an object'],
    ['null', 'the file is not an object'],
    ['{}', 'it is not a tuning file of format 1'],
    ['{"tool":"weft tuning","format":2,"sections":[]}', 'it is not a tuning file of format 1'],
    ['{"tool":"weft tuning","format":1}', 'sections is not a list'],
    ['{"tool":"weft tuning","format":1,"sections":[7]}', 'a section is not an object'],
    ['{"tool":"weft tuning","format":1,"sections":[{"setting":{"cpu":""}}]}', 'cpu is not a text of 1 to 1000 characters'],
    ['{"tool":"weft tuning","format":1,"sections":[{"setting":{"cpu":"a","cores":-1}}]}', 'cores is not a whole number above 0'],
    [layers({}), 'layers is not a list'],
    [layers([{ layer: 'a'.repeat(1001), micros: {} }]), 'layer is not a text of 1 to 1000 characters'],
    [layers([{ layer: 'a', micros: [] }]), 'micros is not an object'],
    [layers([{ layer: 'a', micros: { x: '1' } }]), 'a time is not a number above 0'],
    [layers([{ layer: 'a', micros: { x: -1 } }]), 'a time is not a number above 0'],
    [layers([{ layer: 'a', micros: { x: 1 } }]).replace('"x":1', '"x":1e999'), 'a time is not a number above 0'],
    [layers(new Array(100_001).fill(0)), 'layers has 100001 entries, more than 100000'],
  ])('refuse a text that is none of theirs, in a sentence: %s', (text, reason) => {
    expect(parseSections(text)).toBe(reason)
  })

  it('take the name of a prototype for a layer like any other', () => {
    const text = layers([{ layer: '__proto__', micros: { x: 1 } }]).replace('{"x":1}', '{"__proto__":1}')
    const [found] = parseSections(text) as readonly Section[]
    expect([...(found.layers.get('__proto__') ?? [])]).toEqual([['__proto__', 1]])
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })
})
