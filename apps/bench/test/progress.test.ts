import { describe, expect, it } from 'vitest'
import { Progress } from '../src/progress.ts'

const said = (terminal: { isTTY?: boolean; columns?: number }, wanted: boolean, lineMs?: number): string => {
  let text = ''
  const progress = new Progress({ ...terminal, write: (more) => (text += more) }, wanted, lineMs)
  progress.say('a line of some length')
  progress.clear()
  return text
}

describe('Progress', () => {
  it('says one line on a terminal, cut to its width, and takes it away', () => {
    expect(said({ isTTY: true, columns: 10 }, true)).toBe('\r\x1b[Ka line of\r\x1b[K')
    expect(said({ isTTY: true, columns: 0 }, true)).toContain('a line of some length')
  })
  it('says nothing elsewhere, or where it is not wanted', () => {
    expect(said({}, true)).toBe('')
    expect(said({ isTTY: true }, false)).toBe('')
    expect(said({}, false, -1)).toBe('')
  })
  it('says a line now and then elsewhere where that is wanted', () => {
    expect(said({}, true, -1)).toBe('a line of some length\n')
    expect(said({}, true, 60_000)).toBe('')
  })
})
