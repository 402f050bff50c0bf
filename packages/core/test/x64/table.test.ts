import { describe, expect, it } from 'vitest'
import { allForms } from '../../src/isa/x64/encode-form.ts'
import { TABLE } from '../../src/isa/x64/instructions.ts'

const WORDS = /^(r32|r64|xmm|ymm|zmm|k|tmm|eax|rax|any|sib|m(8|16|32|64|128|256|512)|b(32|64)|[iuw]8|[iw]32|i64|1|rel8|rel32)$/
const forms = [...allForms().values()].flat()

describe('the table of instructions', () => {
  it('has each row once', () => {
    const rows = TABLE.map(([name, operands, , encoding]) => `${name} ${operands} ${encoding.split(/[. ]/)[0]}`)
    expect(new Set(rows).size).toBe(rows.length)
  })

  it('reads into forms that say all that the encoder asks for', () => {
    for (const { name, slots, places, opcode, digit, map, encoding, step, length } of forms) {
      expect(name).toMatch(/^[a-z][a-z0-9 ]*$/)
      for (const byte of opcode) expect(byte >= 0 && byte <= 255, name).toBe(true)
      expect(opcode.length, name).toBeGreaterThan(0)
      expect(Number.isInteger(digit) && digit >= 0 && digit < 8, name).toBe(true)
      expect(places, name).toHaveLength(slots.length)
      expect(new Set(places).size, name).toBe(places.length)
      expect(encoding === 'legacy' || map > 0, name).toBe(true)
      expect(length === 0 || encoding !== 'legacy', name).toBe(true)
      expect(step === 1 || encoding === 'EVEX', name).toBe(true)
    }
  })

  it('has operands that are known, memory only in ModRM.rm, a mask only on what is written', () => {
    for (const { name, slots, places, encoding } of forms)
      for (const [index, { words, memory, element, mask }] of slots.entries()) {
        for (const word of words) expect(word, name).toMatch(WORDS)
        if (memory !== null || element !== null) expect(places[index], name).toBe('M')
        if (element !== null) expect(memory, name).not.toBe(null)
        if (mask !== 'none') expect([index, encoding], name).toEqual([0, 'EVEX'])
        if (/^[iuw]\d/.test(words[0])) expect(places[index], name).toBe('I')
      }
  })
})
