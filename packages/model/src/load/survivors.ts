// Weights that lie in the bytes of their file: copied where they are too few to keep the rest of it for.
import type { OpStorage } from '@weft/core'
import type { Constant } from '../graph/graph.ts'

/** Part of a buffer from which on it is kept: a copy would need as much memory besides, and at last free less than that. */
const MOST = 0.5

/** Changes the constants whose numbers are a small part of what they lie in, so that it can be collected. What several names share they share afterwards. */
export function leaveFile(constants: Map<string, Constant>): void {
  const used = new Map<ArrayBufferLike, number>()
  const all = new Set([...constants.values()].map(({ data }) => data))
  for (const { buffer, byteLength } of all) used.set(buffer, (used.get(buffer) ?? 0) + byteLength)
  const copies = new Map<OpStorage, OpStorage>()
  for (const data of all) if ((used.get(data.buffer) as number) < MOST * data.buffer.byteLength) copies.set(data, data.slice())
  for (const [name, constant] of constants) {
    const data = copies.get(constant.data)
    if (data !== undefined) constants.set(name, { ...constant, data })
  }
}
