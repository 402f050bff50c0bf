import { describe, expect, it } from 'vitest'
import { writeSharedObject } from '../../src/isa/x64/elf.ts'
import { addon } from './addon.ts'
import { SAMPLES } from './samples.ts'
import { isThere, run, withFile } from './tools.ts'

const TOOLS: readonly (readonly [program: string, ...options: string[]])[] = [
  ['readelf', '-aW', '--histogram'],
  ['objdump', '-x'],
  ['objdump', '-d'],
]

async function output(program: string, options: readonly string[], file: Uint8Array): Promise<string> {
  return withFile(file, async (path) => {
    const { stdout, stderr } = await run(program, [...options, path], { maxBuffer: 2 ** 26 })
    expect(stderr).toBe('')
    return stdout
  })
}

for (const [program, ...options] of TOOLS) {
  const missing = isThere(program) ? '' : ` (skipped: ${program} is not on this machine; it comes with binutils)`
  describe.skipIf(missing)(`${program} ${options.join(' ')}${missing}`, () => {
    it.each(SAMPLES)('reads an object of %s without a warning', async (_, object) => {
      const text = await output(program, options, writeSharedObject(object))
      expect(text).not.toMatch(/warning|error|corrupt|invalid|<unknown|bad value|out of range/i)
      if (program === 'readelf') for (const { name } of object.exports) expect(text).toContain(name)
    })
  })
}

const missing = isThere('readelf') && isThere('objdump') ? '' : ' (skipped: binutils is not on this machine)'
describe.skipIf(missing)(`what binutils finds in the addon${missing}`, () => {
  const file = writeSharedObject(addon())

  it('is three segments, the last one read-only after relocation, and no stack that runs', async () => {
    const text = await output('readelf', ['-lW'], file)
    const rows = text.split('\n').map((row) => row.trim().split(/\s{1,}/))
    const rights = (type: string): (string | undefined)[] =>
      rows.filter((row) => row[0] === type && row.length > 6).map((row) => row.slice(6, -1).join(''))
    expect(rights('LOAD')).toEqual(['R', 'RE', 'RW'])
    expect(rights('GNU_RELRO')).toEqual(['R'])
    expect(rights('GNU_STACK')).toEqual(['RW'])
  })

  it('binds at once and relocates nothing but slots', async () => {
    const tags = await output('readelf', ['-dW'], file)
    expect(tags).toMatch(/\(SONAME\)\s+Library soname: \[weft-test\.node\]/)
    expect(tags).toMatch(/\(FLAGS\)\s+BIND_NOW/)
    expect(tags).toMatch(/\(FLAGS_1\)\s+Flags: NOW$/m)
    expect(tags).not.toMatch(/TEXTREL|NODELETE|NEEDED/)
    const relocations = await output('readelf', ['-rW'], file)
    expect(relocations.match(/R_X86_64_\S+/g)).toEqual(Array(3).fill('R_X86_64_GLOB_DAT'))
  })

  it('is the code that was written, calling through the slots', async () => {
    const code = await output('objdump', ['-d', '--no-show-raw-insn', '-M', 'intel'], file)
    expect(code).toContain('<napi_register_module_v1>:')
    expect(code).toContain('<node_api_module_get_api_version_v1>:')
    const got = Number.parseInt(/\.got\s+PROGBITS\s+(\S+)/.exec(await output('readelf', ['-SW'], file))?.[1] ?? '', 16)
    const calls = Array.from(
      code.matchAll(/call +QWORD PTR \[rip\+\S+\] +# (\w+)/g),
      ([, to]) => Number.parseInt(to ?? '', 16) - got,
    )
    expect(calls).toEqual([0, 8, 16, 8, 16])
  })
})
