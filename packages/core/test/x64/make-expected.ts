// Assembles every case with GNU as and stores the bytes in expected.bin: node packages/core/test/x64/make-expected.ts
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cases } from './cases.ts'
import { type Answer, digestOf, FILE, pack } from './expected.ts'

const texts = [...cases()].map(({ text }) => text)
const folder = mkdtempSync(join(tmpdir(), 'weft-as-'))
try {
  const answers = assemble(texts)
  const packed = pack(digestOf(texts), answers)
  writeFileSync(FILE, packed)
  const bytes = answers.reduce((sum, answer) => sum + answer.bytes.length, 0)
  console.log(`${texts.length} cases, ${bytes} bytes of code, ${packed.length} bytes stored`)
} finally {
  rmSync(folder, { recursive: true })
}

/** Beside the code, as writes down the length of each case, for it alone knows where one ends. */
function assemble(texts: readonly string[]): Answer[] {
  const [source, object] = ['cases.s', 'cases.o'].map((name) => join(folder, name))
  const wrapped = texts.map((text) => `1: ${text}\n2: .pushsection .lengths,"a"\n.4byte 2b-1b\n.popsection\n`)
  writeFileSync(source, `.intel_syntax noprefix\n${wrapped.join('')}`)
  execFileSync('as', ['--64', source, '-o', object], { stdio: 'inherit' })
  const [code, lengths] = ['.text', '.lengths'].map((name) => section(object, name))
  const fixups = relocations(object)
  let start = 0
  return texts.map((_, index) => {
    const length = lengths.readUInt32LE(4 * index)
    const [from, to] = [start, start + length]
    const fixup = fixups[0] !== undefined && fixups[0].at < to ? fixups.shift() : undefined
    start = to
    return { bytes: code.subarray(from, to), fixup: fixup ? { at: fixup.at - from, addend: fixup.addend } : null }
  })
}

function section(object: string, name: string): Buffer {
  const file = join(folder, 'section.bin')
  execFileSync('objcopy', ['-O', 'binary', '-j', name, object, file])
  return readFileSync(file)
}

/** Lines as `0000000000000003 R_X86_64_PC32 symbol+0x3c`. */
function relocations(object: string): { at: number; addend: number }[] {
  const lines = execFileSync('objdump', ['-r', '-j', '.text', object], { encoding: 'utf8', maxBuffer: 2 ** 28 }).split('\n')
  return lines.flatMap((line) => {
    const [, at, sign, addend] = /^([0-9a-f]+) R_X86_64_PC32\s+symbol(?:([+-])0x([0-9a-f]+))?$/.exec(line) ?? []
    // A name that as does not know becomes a symbol without a word: a fault of the cases.
    if (at === undefined && line.includes('R_X86_64')) throw new Error(`a case has a reference that is not meant: ${line}`)
    if (at === undefined) return []
    const size = addend === undefined ? 0 : Number.parseInt(addend, 16)
    return [{ at: Number.parseInt(at, 16), addend: sign === '-' ? -size : size }]
  })
}
