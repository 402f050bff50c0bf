// Storing a tile of the broadcast kernel: sums with all channels of a pixel side by side, put into the planes of the output.
import type { Int, Machine } from '../../isa/machine.ts'
import { type Epilogue, type EpilogueArgs, emitEpilogue, type Visit } from '../epilogue.ts'
import type { Stretch } from './shape.ts'

/** Registers that hold where a tile goes, and how many channels of it. */
export interface Target {
  /** A worker's own memory for the sums of a tile, and for as many pixels more as a vector has lanes. */
  readonly sums: Int
  /** The tile's first pixel in the first channel, and the bytes to the next channel. */
  readonly y: Int
  readonly channel: Int
  /** Words of the argument block; channels are fours, then single ones. */
  readonly args: EpilogueArgs & { readonly fours: number; readonly singles: number }
  /** What is done to a four; nothing is to single ones. */
  readonly epilogue: Epilogue
}

/** Emits the store of sums that take `pixelBytes` a pixel. Moves `sums` and `y`. */
export function emitStore(m: Machine, stretches: readonly Stretch[], target: Target, pixelBytes: number): void {
  m.scope(() => m.loop(m.arg(target.args.fours), () => emitFour(m, stretches, target, pixelBytes)))
  m.scope(() => m.loop(m.arg(target.args.singles), () => emitSingle(m, stretches, target, pixelBytes)))
}

/** Four channels, a lane a pixel. A vector reads behind a stretch's last pixel, and keeps that to itself. */
function emitFour(
  m: Machine,
  stretches: readonly Stretch[],
  { sums, y, channel, args, epilogue }: Target,
  pixelBytes: number,
): void {
  const rows = Array.from({ length: 4 }, () => {
    const to = m.int()
    m.move(to, y)
    m.add(y, channel)
    return { to, vector: m.vec() }
  })
  const vectors = rows.map(({ vector }) => vector)
  for (const { first, count, y: at } of stretches) {
    m.loadPhases(vectors, sums, first * pixelBytes, pixelBytes)
    const lines = rows.map(({ to, vector }) => {
      const visit: Visit = (from, each) => each(vector, from, at)
      return { y: to, visit }
    })
    emitEpilogue(m, epilogue, args, vectors, lines, count)
    for (const { to, vector } of rows) m.storeFirst(to, at, vector, count)
  }
  m.add(sums, 16)
}

function emitSingle(m: Machine, stretches: readonly Stretch[], { sums, y, channel }: Target, pixelBytes: number): void {
  const sum = m.int()
  for (const { first, count, y: at } of stretches) {
    for (let pixel = 0; pixel < count; pixel++) {
      m.loadInt(sum, sums, (first + pixel) * pixelBytes)
      m.storeInt(y, at + 4 * pixel, sum)
    }
  }
  m.add(sums, 4)
  m.add(y, channel)
}
