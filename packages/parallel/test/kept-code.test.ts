// Machine code that is kept from start to start.
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeConv, emitX64, machineOf, plannedBy, select, TIERS } from '@weft/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answerOf, checksum, KNOWN, triedOn } from '../../core/src/known-answers.ts'
import { torchCases } from '../../core/test/torch-cases.ts'
import { KeptCode } from '../src/native/kept-code.ts'
import { native, nativeWorkspace } from '../src/native/native.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-code-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const never = (): Uint8Array => {
  throw new Error('it was to be kept')
}
const bytes = (...values: number[]) => Uint8Array.from(values)
function write(writer: string, pieces: Record<string, Uint8Array>): void {
  const kept = new KeptCode(folder, writer)
  for (const [name, piece] of Object.entries(pieces)) kept.piece(name, () => piece)
  kept.save()
}

describe('kept machine code', () => {
  it('is found by its name at the next start', () => {
    write('v1', { a: bytes(1, 2), b: bytes(3) })
    const kept = new KeptCode(folder, 'v1')
    expect([...kept.piece('a', never)]).toEqual([1, 2])
    expect([...kept.piece('b', never)]).toEqual([3])
    expect([...kept.piece('c', () => bytes(4))]).toEqual([4])
  })

  it('is for nobody else to read, and leaves no other file', () => {
    write('v1', { a: bytes(1) })
    expect(statSync(join(folder, 'machine-code')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['machine-code'])
  })

  it('is not taken from another version, and replaces what that has kept', () => {
    write('v1', { a: bytes(1) })
    write('v2', { a: bytes(2) })
    expect([...new KeptCode(folder, 'v2').piece('a', never)]).toEqual([2])
    expect([...new KeptCode(folder, 'v1').piece('a', () => bytes(9))]).toEqual([9])
  })

  it('is not taken where one bit of the file is another, or its end is missing', () => {
    write('v1', { a: bytes(1, 2, 3) })
    const path = join(folder, 'machine-code')
    const whole = readFileSync(path)
    for (const at of [0, 33, whole.length - 1]) {
      const damaged = Buffer.from(whole)
      damaged[at] ^= 1
      writeFileSync(path, damaged)
      expect([...new KeptCode(folder, 'v1').piece('a', () => bytes(7))], `byte ${at}`).toEqual([7])
    }
    for (const length of [0, 20, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length))
      expect([...new KeptCode(folder, 'v1').piece('a', () => bytes(7))], `${length} bytes`).toEqual([7])
    }
  })

  it('is not taken from a file that others may write, a link, or one of any length', () => {
    write('v1', { a: bytes(1) })
    const path = join(folder, 'machine-code')
    const taken = () => [...new KeptCode(folder, 'v1').piece('a', () => bytes(7))]
    for (const [mode, found] of [
      [0o600, 1],
      [0o644, 1],
      [0o620, 7],
      [0o602, 7],
    ]) {
      chmodSync(path, mode)
      expect(taken(), mode.toString(8)).toEqual([found])
    }
    chmodSync(path, 0o600)
    renameSync(path, join(folder, 'other'))
    symlinkSync(join(folder, 'other'), path)
    expect(taken()).toEqual([7])
    rmSync(path)
    renameSync(join(folder, 'other'), path)
    expect(taken()).toEqual([1])
    truncateSync(path, 2 ** 25 + 1)
    expect(taken()).toEqual([7])
  })

  it('of two processes at once is kept of both', () => {
    const [one, other] = [new KeptCode(folder, 'v1'), new KeptCode(folder, 'v1')]
    one.piece('a', () => bytes(1))
    other.piece('b', () => bytes(2))
    one.save()
    other.save()
    const kept = new KeptCode(folder, 'v1')
    expect([...kept.piece('a', never), ...kept.piece('b', never)]).toEqual([1, 2])
  })

  it('past 16 MB is only what was asked for last', () => {
    write('v1', { a: new Uint8Array(2 ** 24) })
    write('v1', { b: bytes(2) })
    const kept = new KeptCode(folder, 'v1')
    expect([...kept.piece('b', never)]).toEqual([2])
    expect(() => kept.piece('a', never)).toThrow('it was to be kept')
  })

  it('needs no folder that is there: code is made anew', () => {
    const kept = new KeptCode(join(folder, 'none'), 'v1')
    expect([...kept.piece('a', () => bytes(1))]).toEqual([1])
    kept.save()
    expect(readdirSync(folder)).toEqual([])
  })
})

describe.each(['avx2', 'avx512', 'amx'] as const)('machine code, %s', (tier) => {
  const here = native()
  const has = typeof here !== 'string' && here.features[tier]
  const { traits } = TIERS[tier]

  it.skipIf(!has)('gives the same bits when it was kept, and nothing is encoded then', () => {
    if (typeof here === 'string') throw new Error(here)
    const answers = (kept: KeptCode) => {
      const { workspace, close } = nativeWorkspace(here, tier, kept)
      const found = KNOWN.flatMap((known) => {
        const d = describeConv(known.x, known.weight, true, known.options)
        return triedOn(known, d, traits).map(({ name }) => checksum(answerOf(d, workspace, name)))
      })
      close()
      kept.save()
      return found
    }
    const first = answers(new KeptCode(folder, 'v1'))
    const { ino } = statSync(join(folder, 'machine-code'))
    expect(answers(new KeptCode(folder, 'v1'))).toEqual(first)
    expect(statSync(join(folder, 'machine-code')).ino).toBe(ino)
  })

  it('is the same for the same name, whatever layer asks for it', () => {
    const pieces = new Map<string, string>()
    for (const { descriptor } of torchCases()) {
      const { plan } = select(descriptor, traits, undefined, 2)
      for (const kernel of plannedBy(plan.kernel).functions(plan)) {
        const code = Buffer.from(emitX64(kernel, machineOf(kernel, traits))).toString('latin1')
        expect(pieces.get(kernel.name) ?? code, kernel.name).toBe(code)
        pieces.set(kernel.name, code)
      }
    }
    expect(pieces.size).toBeGreaterThan(50)
  })
})
