// Whether a file is a shared object as weft writes them, judged from its bytes alone: nothing here knows the writer.
import { checkDynamic } from './elf-check-dynamic.ts'
import { checkHashes } from './elf-check-hash.ts'
import { readElf } from './elf-check-read.ts'
import { checkRelocations } from './elf-check-relocations.ts'
import { checkSections } from './elf-check-sections.ts'
import { checkSegments } from './elf-check-segments.ts'
import { checkSymbols } from './elf-check-symbols.ts'

/** The complaints, none if it is sound. It may be any bytes at all. */
export function checkSharedObject(bytes: Uint8Array): string[] {
  const complaints: string[] = []
  const complain = (text: string): void => void complaints.push(text)
  const elf = readElf(bytes, complain)
  if (elf === null) return complaints
  checkSegments(elf, complain)
  const dynamic = checkDynamic(elf, complain)
  if (dynamic !== null) {
    const symbols = checkSymbols(elf, dynamic, complain)
    checkHashes(dynamic, symbols, complain)
    checkRelocations(elf, dynamic, symbols, complain)
    checkSections(elf, dynamic, symbols, complain)
  }
  return complaints
}
