// The dynamic symbols: functions only, those of others first, each name once, each defined one in code.
import type { Dynamic } from './elf-check-dynamic.ts'
import type { Complain, ElfFile } from './elf-check-read.ts'

export interface FoundSymbol {
  readonly name: string
  readonly section: number
  readonly value: number
}

const GLOBAL_FUNCTION = 0x12

/** All of them, the null symbol too, by index. DT_HASH is what counts them: it has a chain a symbol. */
export function checkSymbols(elf: ElfFile, dynamic: Dynamic, complain: Complain): FoundSymbol[] {
  const { read, symbolsAt, stringsAt, stringBytes } = dynamic
  const count = read.u32(dynamic.sysvAt + 4)
  if (!(count >= 1 && elf.offsetOf(dynamic.value(6) ?? Number.NaN, 24 * count) !== null)) {
    complain(`the ${count} symbols that DT_HASH counts are not all in the loaded file`)
    return []
  }
  if (read.u64(symbolsAt) || read.u64(symbolsAt + 8) || read.u64(symbolsAt + 16)) complain('the first symbol is not null')
  const symbols: FoundSymbol[] = [{ name: '', section: 0, value: 0 }]
  const names = new Set<string>()
  for (let index = 1; index < count; index++) {
    const at = symbolsAt + 24 * index
    const [start, section, value, size] = [read.u32(at), read.u16(at + 6), read.u64(at + 8), read.u64(at + 16)]
    const name = start < stringBytes ? (read.text(stringsAt + start, stringsAt + stringBytes) ?? '') : ''
    const say = (text: string): void => complain(`symbol ${index} (${name}): ${text}`)
    if (name === '') say('its name is empty or outside of the strings')
    else if (start > 0 && read.u8(stringsAt + start - 1) !== 0) say('its name begins inside of another')
    if (names.has(name)) say('its name is there twice')
    names.add(name)
    if (read.u8(at + 4) !== GLOBAL_FUNCTION || read.u8(at + 5) !== 0) say('it is no global function')
    if (section === 0) {
      if (value !== 0 || size !== 0) say('it is not defined here but has a place')
      if (symbols.at(-1)?.section) say('it is not defined here but comes after one that is')
    } else if (!elf.loads.some((load) => load.flags & 1 && inside(load.address, load.fileBytes, value, size)))
      say('it is outside of the code')
    symbols.push({ name, section, value })
  }
  return symbols
}

const inside = (start: number, bytes: number, value: number, size: number): boolean =>
  value >= start && value < start + bytes && value + size <= start + bytes
