// The relocations: one slot an imported function, in memory that is writable while they are made.
import type { Dynamic } from './elf-check-dynamic.ts'
import type { Complain, ElfFile } from './elf-check-read.ts'
import type { FoundSymbol } from './elf-check-symbols.ts'

const GLOB_DAT = 6

export function checkRelocations(elf: ElfFile, dynamic: Dynamic, symbols: readonly FoundSymbol[], complain: Complain): void {
  const { read, relocationsAt, relocations } = dynamic
  const [places, targets] = [new Set<number>(), new Set<number>()]
  for (let index = 0; index < relocations; index++) {
    const at = relocationsAt + 24 * index
    const [place, type, target, addend] = [read.u64(at), read.u32(at + 8), read.u32(at + 12), read.u64(at + 16)]
    const say = (text: string): void => complain(`relocation ${index}: ${text}`)
    const symbol = symbols[target]
    if (type !== GLOB_DAT || addend !== 0) say(`it is of type ${type} with addend ${addend}, and not of type ${GLOB_DAT} with 0`)
    if (symbol === undefined || target === 0) say(`there is no symbol ${target}`)
    else if (symbol.section !== 0) say(`${symbol.name} is defined here`)
    if (place % 8 !== 0) say('its slot is not aligned')
    if (places.has(place)) say('its slot has another relocation')
    if (place < dynamic.address + dynamic.bytes && place + 8 > dynamic.address) say('its slot is in the dynamic section')
    const holder = elf.loads.find(({ address, memoryBytes }) => place >= address && place + 8 <= address + memoryBytes)
    if (holder === undefined || !(holder.flags & 2)) say('its slot is outside of the writable segment')
    else if (elf.offsetOf(place, 8) === null || read.u64(elf.offsetOf(place, 8) ?? Number.NaN) !== 0)
      say('its slot is not empty in the file')
    places.add(place)
    targets.add(target)
  }
  for (const [index, { name, section }] of symbols.entries())
    if (index > 0 && section === 0 && !targets.has(index)) complain(`${name} is imported and no slot takes it`)
}
