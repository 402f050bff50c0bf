// Numbers and texts as the little-endian bytes of an ELF file.

const WIDTH: Readonly<Record<string, number>> = { B: 1, H: 2, I: 4, Q: 8 }

/** One number a letter, without gaps: B is 8 bits, H 16, I 32 and Q 64. */
export function pack(format: string, ...values: readonly (number | bigint)[]): Uint8Array {
  const widths = Array.from(format, (letter) => WIDTH[letter] ?? 0)
  const bytes = new Uint8Array(widths.reduce((sum, width) => sum + width, 0))
  let at = 0
  for (const [index, width] of widths.entries()) {
    let rest = BigInt.asUintN(8 * width, BigInt(values[index] ?? 0))
    for (const end = at + width; at < end; at++, rest >>= 8n) bytes[at] = Number(rest & 0xffn)
  }
  return bytes
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

export const alignUp = (value: number, to: number): number => Math.ceil(value / to) * to

/** Names that end in a zero byte each, after an empty one at 0; and where each begins. */
export function stringTable(names: readonly string[]): { readonly bytes: Uint8Array; readonly at: ReadonlyMap<string, number> } {
  const at = new Map<string, number>()
  let text = '\0'
  for (const name of names) {
    at.set(name, text.length)
    text += `${name}\0`
  }
  return { bytes: Uint8Array.from(text, (letter) => letter.charCodeAt(0)), at }
}
