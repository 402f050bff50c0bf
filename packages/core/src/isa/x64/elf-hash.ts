// The two tables by which a loader finds a symbol: DT_HASH of the System V ABI, and the GNU one with a Bloom filter.
import { join, pack } from './elf-bytes.ts'

const SHIFT = 26
/** Bits of the filter a symbol, of which it sets two: at most one miss in forty gets through. */
const BLOOM_BITS = 12

export function sysvHash(name: string): number {
  let hash = 0
  for (let i = 0; i < name.length; i++) {
    hash = ((hash << 4) + name.charCodeAt(i)) >>> 0
    const high = hash & 0xf0000000
    hash = (hash ^ (high >>> 24)) & ~high
  }
  return hash >>> 0
}

export function gnuHash(name: string): number {
  let hash = 5381
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 33) + name.charCodeAt(i)) >>> 0
  return hash
}

/** Over every symbol by its index; the first one is the null symbol and is in no chain. */
export function sysvTable(names: readonly string[]): Uint8Array {
  const buckets = new Uint32Array(Math.max(1, names.length - 1))
  const chains = new Uint32Array(names.length)
  for (let index = 1; index < names.length; index++) {
    const bucket = sysvHash(names[index] ?? '') % buckets.length
    chains[index] = buckets[bucket] ?? 0
    buckets[bucket] = index
  }
  return join([pack('II', buckets.length, chains.length), words(buckets), words(chains)])
}

const bucketCount = (symbols: number): number => Math.max(1, Math.ceil(symbols / 4))

/** The GNU table wants the symbols of a bucket side by side. */
export function gnuOrder<T extends { readonly name: string }>(symbols: readonly T[]): T[] {
  const bucketOf = ({ name }: T): number => gnuHash(name) % bucketCount(symbols.length)
  return symbols.toSorted((a, b) => bucketOf(a) - bucketOf(b))
}

/** Over the symbols that are defined here, in gnuOrder; `first` is the index of the first of them. */
export function gnuTable(names: readonly string[], first: number): Uint8Array {
  const bloom = new BigUint64Array(2 ** Math.max(0, Math.ceil(Math.log2((names.length * BLOOM_BITS) / 64))))
  const buckets = new Uint32Array(bucketCount(names.length))
  const chain = Uint32Array.from(names, gnuHash)
  for (const [index, hash] of chain.entries()) {
    const word = Math.floor(hash / 64) % bloom.length
    bloom[word] = (bloom[word] ?? 0n) | (1n << BigInt(hash % 64)) | (1n << BigInt((hash >>> SHIFT) % 64))
    const bucket = hash % buckets.length
    if (buckets[bucket] === 0) buckets[bucket] = first + index
    const next = chain[index + 1]
    const last = next === undefined || next % buckets.length !== bucket
    chain[index] = ((hash & ~1) | (last ? 1 : 0)) >>> 0
  }
  return join([pack('IIII', buckets.length, first, bloom.length, SHIFT), words(bloom), words(buckets), words(chain)])
}

function words(values: Uint32Array | BigUint64Array): Uint8Array {
  return pack((values instanceof Uint32Array ? 'I' : 'Q').repeat(values.length), ...values)
}
