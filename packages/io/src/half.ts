// The two 16-bit floating point formats, widened to float32 bit by bit.

/** IEEE binary16. Every half is a float32: exact, subnormal numbers and the payload of a NaN included. */
export function widenHalfs(halfs: Uint16Array, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length)
  const table = halfTable()
  for (let index = 0; index < halfs.length; index++) bits[index] = table[halfs[index]]
}

/** bfloat16: the upper half of a float32. */
export function widenBfloats(bfloats: Uint16Array, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length)
  for (let index = 0; index < bfloats.length; index++) bits[index] = bfloats[index] << 16
}

let table: Uint32Array | undefined

// 256 KiB, made when the first half is read: a look-up is several times faster than the arithmetic.
function halfTable(): Uint32Array {
  if (table !== undefined) return table
  const floats = new Float32Array(65536)
  const bits = new Uint32Array(floats.buffer)
  for (let half = 0; half < 65536; half++) {
    const exponent = (half >> 10) & 31
    const fraction = half & 1023
    if (exponent === 31) bits[half] = 0x7f800000 | (fraction << 13)
    else floats[half] = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
    bits[half] |= (half & 0x8000) << 16
  }
  table = bits
  return bits
}
