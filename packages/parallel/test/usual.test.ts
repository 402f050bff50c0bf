// Whether runs are short enough for the caller to work along.
import { describe, expect, it } from 'vitest'
import { Usual } from '../src/usual.ts'

describe('the usual time of a run', () => {
  it('is short from the first run on that was', () => {
    const usual = new Usual()
    expect(usual.short).toBe(false)
    usual.note(7)
    expect(usual.short).toBe(false)
    usual.note(3)
    expect(usual.short).toBe(true)
  })

  it('is not made long by a run that was held up, but by runs that take longer from then on', () => {
    const usual = new Usual()
    usual.note(3)
    usual.note(20)
    expect(usual.short).toBe(true)
    usual.note(3)
    for (let run = 0; run < 16; run++) usual.note(8)
    expect(usual.short).toBe(false)
  })

  it('stays short where runs are about as long as those that are not', () => {
    const usual = new Usual()
    for (let run = 0; run < 9; run++) usual.note(6)
    expect(usual.short).toBe(false)
    usual.note(5)
    for (let run = 0; run < 9; run++) usual.note(6)
    expect(usual.short).toBe(true)
  })
})
