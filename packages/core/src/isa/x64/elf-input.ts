// What a shared object is refused for before a byte of it is laid out.
import { type ErrorDetails, WeftError } from '../../errors.ts'
import type { SharedObject } from './elf.ts'

/** What a fixup names to reach the read-only data. No C function can have this name. */
export const RODATA = '.rodata'

/** An offset in the file is 32 bits here and there (notes, names, distances in the text). */
const MOST_BYTES = 2 ** 30

export function checkInput({ soname, text, exports, imports, fixups, readonlyData }: SharedObject): void {
  checkName(soname, 'the soname')
  if (text.length === 0) refuse('an object needs machine code, and its text is empty')
  const bytes = text.length + (readonlyData?.length ?? 0)
  if (bytes > MOST_BYTES) refuse(`${bytes} bytes are more than an object may hold: ${MOST_BYTES}`, { bytes })
  const names = new Set<string>()
  for (const name of [...imports, ...exports.map((entry) => entry.name)]) {
    checkName(name, 'a symbol')
    if (name === RODATA) refuse(`a symbol cannot be named ${RODATA}`, { name })
    if (names.has(name)) refuse(`the symbol ${name} is there twice`, { name })
    names.add(name)
  }
  for (const { name, offset, size } of exports)
    if (!isCount(offset) || !isCount(size) || offset >= text.length || offset + size > text.length)
      refuse(`the export ${name} (${size} bytes at ${offset}) is outside of the text`, { name, offset, size, text: text.length })
  checkFixups(text.length, fixups, new Set(readonlyData?.length ? [...imports, RODATA] : imports))
}

function checkFixups(textBytes: number, fixups: SharedObject['fixups'], targets: ReadonlySet<string>): void {
  let last = -4
  for (const { at, name, addend } of fixups.toSorted((a, b) => a.at - b.at)) {
    if (!targets.has(name)) refuse(`a fixup at ${at} names ${name}, which is not imported`, { name, at })
    if (!isCount(at) || at + 4 > textBytes) refuse(`a fixup at ${at} is outside of the text`, { name, at, text: textBytes })
    if (!Number.isInteger(addend) || Math.abs(addend) > MOST_BYTES)
      refuse(`a fixup at ${at} adds ${addend}`, { name, at, addend })
    if (at < last + 4) refuse(`two fixups overlap at ${at}`, { name, at })
    last = at
  }
}

/** Printable ASCII: what a C name is made of, and no zero byte that would end it early. */
function checkName(name: string, what: string): void {
  if (name === '') refuse(`${what} has an empty name`)
  if (!/^[!-~]{1,4096}$/.test(name))
    refuse(`${what} has the name ${JSON.stringify(name)}, which is not up to 4096 letters of printable ASCII`, { name })
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

function refuse(message: string, details: ErrorDetails = {}): never {
  throw new WeftError('INTERNAL', `shared object: ${message}`, details)
}
