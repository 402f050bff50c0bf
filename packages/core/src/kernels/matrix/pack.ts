// What the matrix kernel keeps beside its code: weights as tiles of leading parts and of what is left, biases, tables.
import { TILE_BYTES, TILE_ROWS } from '../../isa/matrix-unit.ts'
import { flush, weightStrides } from '../pack.ts'
import { BIAS_BYTES, REST_BYTES, STEP_BYTES } from './args.ts'
import { type Channels, STEP } from './cut.ts'
import type { MatrixPlan } from './plan.ts'
import { liveProducts } from './products.ts'

export function packMatrix(
  plan: MatrixPlan,
  weight: Float32Array,
  bias: Float32Array | null,
  memory: ArrayBufferLike,
  offset: number,
): void {
  const [, , width] = plan.descriptor.kernel
  const { ic, channelOffset } = weightStrides(plan.descriptor)
  const offsets = Int32Array.from(liveProducts(plan.descriptor), (product) => product.ic * ic + product.kh * width + product.kw)
  for (const channels of plan.channels) {
    packBiases(channels, bias, new Float32Array(memory, offset + channels.packed, BIAS_BYTES / 4))
    const tiles = new Uint16Array(memory, offset + channels.packed + BIAS_BYTES, (plan.weightsBlock - BIAS_BYTES) / 2).fill(0)
    for (let row = 0; row < channels.rows; row++) packRow(row, weight, channelOffset(channels.oc + row), offsets, tiles)
  }
  new Int32Array(memory, offset + plan.tablesAt, plan.tables.length).set(plan.tables)
}

/** A row of 16 equal numbers a channel: sums begin with them. */
function packBiases({ oc, rows }: Channels, bias: Float32Array | null, tiles: Float32Array): void {
  tiles.fill(0)
  if (bias !== null) for (let row = 0; row < rows; row++) tiles.fill(flush(bias[oc + row]), 16 * row, 16 * row + 16)
}

const [value, bits] = (() => {
  const one = new Float32Array(1)
  return [one, new Int32Array(one.buffer)]
})()

/** A channel's weights: the leading part of each rounded to 8 bits, and what is left of it, rounded too. */
function packRow(row: number, weight: Float32Array, from: number, offsets: Int32Array, tiles: Uint16Array): void {
  const first = (Math.floor(row / TILE_ROWS) * TILE_BYTES) / 2 + (row % TILE_ROWS) * STEP
  for (let product = 0; product < offsets.length; product++) {
    const at = (Math.floor(product / STEP) * STEP_BYTES) / 2 + first + (product % STEP)
    const whole = flush(weight[from + offsets[product]])
    const lead = leading(whole)
    tiles[at] = lead
    bits[0] = lead << 16
    const rest = whole - value[0]
    tiles[at + REST_BYTES / 2] = Number.isFinite(rest) ? leading(rest) : 0
  }
}

/** The upper half of a number's bits, rounded where that leaves it finite; a NaN of any bits stays one. */
function leading(number: number): number {
  value[0] = number
  const cut = bits[0] >>> 16
  const rounded = (bits[0] + 0x8000) >>> 16
  return isFinitePart(cut) && isFinitePart(rounded) ? rounded : cut
}

function isFinitePart(half: number): boolean {
  return (half & 0x7f80) !== 0x7f80
}
