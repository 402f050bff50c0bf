// SHA-1 (FIPS 180-4), which names the contents of an object: a build id, no protection against anybody.

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

export function sha1(message: Uint8Array): Uint8Array {
  const blocks = Math.ceil((message.length + 9) / 64)
  const padded = new Uint8Array(64 * blocks)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, 8n * BigInt(message.length))
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0])
  const words = new Int32Array(80)
  for (let block = 0; block < blocks; block++) {
    for (let t = 0; t < 16; t++) words[t] = view.getInt32(64 * block + 4 * t)
    for (let t = 16; t < 80; t++)
      words[t] = rotate(word(words, t - 3) ^ word(words, t - 8) ^ word(words, t - 14) ^ word(words, t - 16), 1)
    compress(state, words)
  }
  const digest = new DataView(new ArrayBuffer(20))
  state.forEach((value, index) => digest.setInt32(4 * index, value))
  return new Uint8Array(digest.buffer)
}

function compress(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d, e] = [word(state, 0), word(state, 1), word(state, 2), word(state, 3), word(state, 4)]
  for (let t = 0; t < 80; t++) {
    const next = (rotate(a, 5) + mix(t, b, c, d) + e + word(words, t)) | 0
    ;[a, b, c, d, e] = [next, a, rotate(b, 30), c, d]
  }
  for (const [index, value] of [a, b, c, d, e].entries()) state[index] = word(state, index) + value
}

/** The function and the constant of a round. */
function mix(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
  return (b ^ c ^ d) + 0xca62c1d6
}

const word = (words: Int32Array, index: number): number => words[index] as number
