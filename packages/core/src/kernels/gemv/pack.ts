// Weights of three bytes: blocks of 64 channels, a row of biases, then for each product a row of 64 weights (`MatrixUnit.loadShort`).
import { flush } from '../pack.ts'

/** Output channels of a block, four vectors; lanes of one. */
export const [ROWS, LANES] = [64, 16]
/** Bytes of the biases of a block, and of a row of weights. */
export const [BIAS_BYTES, ROW_BYTES] = [4 * ROWS, 3 * ROWS]
/** Products whose rows stay in the first cache until all channels of a block are in them. */
const AT_ONCE = 64

export function blockBytes(products: number): number {
  return BIAS_BYTES + products * ROW_BYTES
}

/** Of the bits of float32 without their sign. */
const [SMALLEST_NORMAL, LARGEST, INFINITE, NAN] = [0x00800000, 0x7f7fff00, 0x7f800000, 0x7fc00000]

/** The bits of the nearest number of 24 bits, none of which is infinite but for an infinity; NaN stays NaN, subnormals are zero. */
export function rounded(bits: number): number {
  const [sign, size] = [bits & 0x80000000, bits & 0x7fffffff]
  if (size < SMALLEST_NORMAL) return 0
  if (size >= INFINITE) return sign | (size === INFINITE ? INFINITE : NAN)
  return sign | Math.min(LARGEST, (size + 0x80) & 0x7fffff00)
}

/** @param weight `products` of each of `oc` channels */
export function packGemv(
  oc: number,
  products: number,
  weight: Float32Array,
  bias: Float32Array | null,
  memory: ArrayBufferLike,
  offset: number,
): void {
  const bits = new Int32Array(weight.buffer, weight.byteOffset, weight.length)
  for (let first = 0, at = offset; first < oc; first += ROWS, at += blockBytes(products)) {
    const channels = Math.min(ROWS, oc - first)
    const biases = new Float32Array(memory, at, ROWS).fill(0)
    if (bias !== null) biases.set(bias.subarray(first, first + channels).map(flush))
    const rows = new Int32Array(memory, at + BIAS_BYTES, (products * ROW_BYTES) / 4)
    const block = bits.subarray(first * products, (first + channels) * products)
    for (let from = 0; from < products; from += AT_ONCE) {
      const to = Math.min(from + AT_ONCE, products)
      for (let lane = 0; lane < LANES; lane++) packLane(block, products, lane, from, to, rows)
    }
  }
}

/** One lane of rows [from, to): the weights of its channel of each vector, 0 where there is none. */
function packLane(block: Int32Array, products: number, lane: number, from: number, to: number, rows: Int32Array): void {
  const vector = LANES * products
  const end = block.length
  for (let product = from; product < to; product++) {
    const at = lane * products + product
    const a = at < end ? rounded(block[at]) : 0
    const b = at + vector < end ? rounded(block[at + vector]) : 0
    const c = at + 2 * vector < end ? rounded(block[at + 2 * vector]) : 0
    const d = at + 3 * vector < end ? rounded(block[at + 3 * vector]) : 0
    const word = (product * ROW_BYTES) / 4 + lane
    rows[word] = (a & 0xffff0000) | (b >>> 16)
    rows[word + LANES] = (c & 0xffff0000) | (d >>> 16)
    rows[word + 2 * LANES] = ((b & 0xff00) >>> 8) | (a & 0xff00) | ((c & 0xff00) << 8) | ((d & 0xff00) << 16)
  }
}
