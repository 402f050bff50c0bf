// Both hash tables, looked up as a loader does it, for every name that must be found and for some that must not.
import { checkFilter, gnuFault, sysvFault } from './elf-check-chains.ts'
import type { Dynamic } from './elf-check-dynamic.ts'
import type { Complain } from './elf-check-read.ts'
import type { FoundSymbol } from './elf-check-symbols.ts'

const ABSENT = ['', '_init', 'weft_is_not_here', 'napi_no_such_function']

export function checkHashes(dynamic: Dynamic, symbols: readonly FoundSymbol[], complain: Complain): void {
  if (symbols.length === 0) return
  const unreadable = sysvHeader(dynamic, symbols) ?? gnuHeader(dynamic, symbols)
  if (unreadable !== null) {
    complain(unreadable)
    return
  }
  for (const fault of [sysvFault(dynamic, symbols), gnuFault(dynamic, symbols)]) if (fault !== null) complain(fault)
  const defined = symbols.filter(({ section }) => section !== 0)
  checkFilter(
    dynamic,
    defined.flatMap(({ name }) => filterBits(dynamic, gnuHash(name))),
    complain,
  )
  const known = new Set(symbols.slice(1).map(({ name }) => name))
  for (const [index, { name, section }] of symbols.entries()) {
    if (index > 0 && sysvLookup(dynamic, symbols, name) !== index) complain(`DT_HASH does not find ${name}`)
    if (section !== 0 && gnuLookup(dynamic, symbols, name) !== index) complain(`DT_GNU_HASH does not find ${name}`)
  }
  for (const name of ABSENT.filter((absent) => !known.has(absent))) {
    if (sysvLookup(dynamic, symbols, name) !== 0) complain(`DT_HASH finds ${name || 'an empty name'}`)
    if (gnuLookup(dynamic, symbols, name) !== 0) complain(`DT_GNU_HASH finds ${name || 'an empty name'}`)
  }
}

function sysvHeader({ read, sysvAt }: Dynamic, symbols: readonly FoundSymbol[]): string | null {
  const buckets = read.u32(sysvAt)
  return buckets >= 1 && buckets <= 4 * symbols.length ? null : `DT_HASH has ${buckets} buckets`
}

/** What is wrong with the numbers that the rest of the table is read by. */
function gnuHeader({ read, gnuAt }: Dynamic, symbols: readonly FoundSymbol[]): string | null {
  const [buckets, first, words, shift] = [read.u32(gnuAt), read.u32(gnuAt + 4), read.u32(gnuAt + 8), read.u32(gnuAt + 12)]
  const wanted = symbols.findIndex(({ section }) => section !== 0)
  if (first !== (wanted < 0 ? symbols.length : wanted)) return 'DT_GNU_HASH does not begin at the first defined symbol'
  if (!(buckets >= 1 && buckets <= symbols.length)) return `DT_GNU_HASH has ${buckets} buckets`
  if (!Number.isInteger(Math.log2(words))) return `DT_GNU_HASH has ${words} words of filter, which is not a power of two`
  if (shift > 31) return `DT_GNU_HASH shifts by ${shift}`
  const bytes = 16 + 8 * words + 4 * buckets + 4 * (symbols.length - first)
  return gnuAt + bytes <= read.size ? null : `DT_GNU_HASH has ${bytes} bytes and ends outside of the file`
}

function gnuHash(name: string): number {
  let hash = 5381n
  for (const letter of name) hash = BigInt.asUintN(32, hash * 33n + BigInt(letter.charCodeAt(0)))
  return Number(hash)
}

/** The two bits of the filter that a hash is let through by. */
function filterBits({ read, gnuAt }: Dynamic, hash: number): [word: number, bit: number][] {
  const word = Math.floor(hash / 64) % read.u32(gnuAt + 8)
  return [hash, hash >>> read.u32(gnuAt + 12)].map((bits) => [word, bits % 64])
}

/** The index of the symbol, 0 if it is not found, -1 if the table leads astray. */
function sysvLookup({ read, sysvAt }: Dynamic, symbols: readonly FoundSymbol[], name: string): number {
  const [buckets, chains] = [read.u32(sysvAt), read.u32(sysvAt + 4)]
  // The text of the ABI, in numbers that do not overflow.
  let hash = 0n
  for (const letter of name) {
    hash = BigInt.asUintN(32, (hash << 4n) + BigInt(letter.charCodeAt(0)))
    const high = hash & 0xf0000000n
    if (high !== 0n) hash ^= high >> 24n
    hash &= 0xffffffffn ^ high
  }
  let index = read.u32(sysvAt + 8 + 4 * (Number(hash) % buckets))
  for (let steps = 0; index !== 0; steps++) {
    const symbol = symbols[index]
    if (symbol === undefined || steps > chains) return -1
    if (symbol.name === name) return index
    index = read.u32(sysvAt + 8 + 4 * buckets + 4 * index)
  }
  return 0
}

function gnuLookup(dynamic: Dynamic, symbols: readonly FoundSymbol[], name: string): number {
  const { read, gnuAt } = dynamic
  const [buckets, first, words] = [read.u32(gnuAt), read.u32(gnuAt + 4), read.u32(gnuAt + 8)]
  const hash = gnuHash(name)
  for (const [word, bit] of filterBits(dynamic, hash)) {
    const half = read.u32(gnuAt + 16 + 8 * word + (bit < 32 ? 0 : 4))
    if (((half >>> (bit % 32)) & 1) === 0) return 0
  }
  const bucketsAt = gnuAt + 16 + 8 * words
  const start = read.u32(bucketsAt + 4 * (hash % buckets))
  if (start === 0) return 0
  if (!(start >= first)) return -1
  for (let index = start; index < symbols.length; index++) {
    const link = read.u32(bucketsAt + 4 * buckets + 4 * (index - first))
    if (Number.isNaN(link)) return -1
    if (link >>> 1 === hash >>> 1 && symbols[index]?.name === name) return index
    if (link & 1) return 0
  }
  return -1
}
