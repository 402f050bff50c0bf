// The immediates of instructions: which values fit, and their bytes.

export interface Immediate {
  readonly bytes: number
  readonly from: number
  readonly to: number
  /** The values that fit, in words. */
  readonly about: string
}

const [MIN32, MAX32, ALL32] = [-(2 ** 31), 2 ** 31 - 1, 2 ** 32 - 1]
const [MIN64, ALL64] = [-(2n ** 63n), 2n ** 64n - 1n]
const SIGNED8 = { bytes: 1, from: -128, to: 127, about: 'a whole number of 8 bits with a sign' } as const

/** By the word that the table has for them. */
export const IMMEDIATES: Readonly<Record<string, Immediate>> = {
  '1': { bytes: 0, from: 1, to: 1, about: '1' },
  i8: SIGNED8,
  w8: SIGNED8,
  u8: { bytes: 1, from: 0, to: 255, about: 'a whole number from 0 to 255' },
  i32: { bytes: 4, from: MIN32, to: MAX32, about: 'a whole number of 32 bits with a sign' },
  w32: { bytes: 4, from: MIN32, to: ALL32, about: 'a whole number of 32 bits' },
  i64: {
    bytes: 8,
    from: Number.MIN_SAFE_INTEGER,
    to: Number.MAX_SAFE_INTEGER,
    about: 'a whole number of 64 bits, and a bigint if beyond 2^53',
  },
}

export function isDisp32(value: number): boolean {
  return Number.isInteger(value) && value >= MIN32 && value <= MAX32
}

export function immediateFits(word: string, value: number | bigint): boolean {
  if (typeof value === 'bigint') return word === 'i64' && value >= MIN64 && value <= ALL64
  const { from, to } = IMMEDIATES[word]
  const meant = wrapped(word, value)
  return Number.isInteger(meant) && meant >= from && meant <= to
}

export function immediateBytes(word: string, value: number | bigint): number[] {
  return littleEndian(typeof value === 'bigint' ? value : wrapped(word, value), IMMEDIATES[word].bytes)
}

export function littleEndian(value: number | bigint, bytes: number): number[] {
  if (bytes < 8) return Array.from({ length: bytes }, (_, i) => (Number(value) >> (8 * i)) & 255)
  const bits = BigInt.asUintN(64, BigInt(value))
  return Array.from({ length: bytes }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n))
}

/** To an operation of 32 bits, 2^32 - 1 is the same number as -1, and that one has 8 bits. */
function wrapped(word: string, value: number): number {
  return word === 'w8' && value > MAX32 && value <= ALL32 ? value - 2 ** 32 : value
}
