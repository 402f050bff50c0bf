// The inside of both hash tables: a look-up of any name must end, so every bucket has to lead to its own symbols only.
import type { Dynamic } from './elf-check-dynamic.ts'
import type { Complain } from './elf-check-read.ts'
import type { FoundSymbol } from './elf-check-symbols.ts'

export function sysvFault({ read, sysvAt }: Dynamic, symbols: readonly FoundSymbol[]): string | null {
  const [buckets, chains] = [read.u32(sysvAt), sysvAt + 8 + 4 * read.u32(sysvAt)]
  const seen = new Set<number>()
  for (let bucket = 0; bucket < buckets; bucket++) {
    for (let index = read.u32(sysvAt + 8 + 4 * bucket); index !== 0; index = read.u32(chains + 4 * index)) {
      if (!(index < symbols.length)) return `bucket ${bucket} of DT_HASH leads to symbol ${index}, which is not there`
      if (seen.has(index)) return `DT_HASH leads to symbol ${index} twice`
      seen.add(index)
    }
  }
  const all = seen.size === symbols.length - 1 && read.u32(chains) === 0
  return all ? null : 'DT_HASH does not lead to every symbol, or to the first one'
}

export function gnuFault({ read, gnuAt }: Dynamic, symbols: readonly FoundSymbol[]): string | null {
  const [buckets, first, words] = [read.u32(gnuAt), read.u32(gnuAt + 4), read.u32(gnuAt + 8)]
  const bucketsAt = gnuAt + 16 + 8 * words
  let next = first
  const starts = Array.from({ length: buckets }, (_, bucket) => read.u32(bucketsAt + 4 * bucket)).filter((start) => start !== 0)
  for (const start of starts) {
    if (start !== next) return `a bucket of DT_GNU_HASH begins at symbol ${start} and not at ${next}`
    while (next < symbols.length && !(read.u32(bucketsAt + 4 * buckets + 4 * (next - first)) & 1)) next++
    next++
  }
  return next === symbols.length ? null : 'DT_GNU_HASH does not lead to every symbol that is defined'
}

/** A bit too few hides a name; a bit too many hides that the filter is of other names. */
export function checkFilter(
  { read, gnuAt }: Dynamic,
  positions: readonly (readonly [word: number, bit: number])[],
  complain: Complain,
): void {
  const words = Array.from({ length: read.u32(gnuAt + 8) }, () => 0n)
  for (const [word, bit] of positions) words[word] = (words[word] ?? 0n) | (1n << BigInt(bit))
  const wrong = words.findIndex((word, index) => {
    const at = gnuAt + 16 + 8 * index
    return Number(word >> 32n) !== read.u32(at + 4) || Number(word & 0xffffffffn) !== read.u32(at)
  })
  if (wrong >= 0) complain(`the filter of DT_GNU_HASH is not that of its symbols in word ${wrong}`)
}
