// The stored answers of GNU as: for each case in order, its bytes and the one place that it leaves to a linker, if any.
import { createHash } from 'node:crypto'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'

export interface Answer {
  readonly bytes: Uint8Array
  /** `at` in the bytes, and what is added to the distance of the symbol. */
  readonly fixup: { readonly at: number; readonly addend: number } | null
}

export const FILE = new URL('./expected.bin', import.meta.url)

/** Says whether answers belong to the texts at hand. */
export function digestOf(texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\n')).digest('hex')
}

/** A line of the digest and the counts; then lengths, places and addends; then the bytes. All compressed. */
export function pack(digest: string, answers: readonly Answer[]): Uint8Array {
  const total = answers.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const numbers = new Int32Array(3 * answers.length)
  const code = new Uint8Array(total)
  let end = 0
  answers.forEach(({ bytes, fixup }, index) => {
    numbers.set([bytes.length, fixup?.at ?? -1, fixup?.addend ?? 0], 3 * index)
    code.set(bytes, end)
    end += bytes.length
  })
  const head = Buffer.from(`${digest} ${answers.length} ${total}\n`)
  return brotliCompressSync(Buffer.concat([head, new Uint8Array(numbers.buffer), code]))
}

export function unpack(packed: Uint8Array): { digest: string; answers: Answer[] } {
  const data = brotliDecompressSync(packed)
  const start = data.indexOf('\n') + 1
  const [digest, count] = data.toString('latin1', 0, start).split(' ')
  let end = start + 12 * Number(count)
  const answers = Array.from({ length: Number(count) }, (_, index) => {
    const [length, at, addend] = [0, 4, 8].map((offset) => data.readInt32LE(start + 12 * index + offset))
    end += length
    return { bytes: data.subarray(end - length, end), fixup: at < 0 ? null : { at, addend } }
  })
  return { digest, answers }
}
