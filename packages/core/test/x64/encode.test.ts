import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Assembler } from '../../src/isa/x64/assembler.ts'
import { cases } from './cases.ts'
import { digestOf, FILE, unpack } from './expected.ts'

describe('the encoder', () => {
  const all = [...cases()]
  const { digest, answers } = unpack(readFileSync(FILE))

  it('has a stored answer for each case; if not, run make-expected.ts', () => {
    expect(digest).toBe(digestOf(all.map(({ text }) => text)))
    expect(answers.length).toBe(all.length)
    expect(all.length).toBeGreaterThan(150_000)
  })

  it('gives the bytes and fixups of GNU as in every case', () => {
    const wrong: string[] = []
    all.forEach(({ text, emit }, index) => {
      const asm = new Assembler()
      emit(asm)
      const { bytes, fixups } = asm.finish()
      const { bytes: expected, fixup } = answers[index]
      const mine = `${hex(bytes)} ${fixups.map(({ at, addend }) => `${at} ${addend}`)}`
      const theirs = `${hex(expected)} ${fixup === null ? '' : `${fixup.at} ${fixup.addend}`}`
      if (mine !== theirs) wrong.push(`${text}: ${mine}, not ${theirs}`)
    })
    expect(wrong.slice(0, 20)).toEqual([])
  })
})

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
