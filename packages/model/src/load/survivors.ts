// Weights that lie in the bytes of their file: copied where they are too few to keep the rest of it for.
import type { Constant } from '../graph/graph.ts'

/** Part of a buffer from which on it is kept: a copy would need as much memory besides, and at last free less than that. */
const MOST = 0.5

/** Changes the constants whose numbers are a small part of what they lie in, so that it can be collected. */
export function leaveFile(constants: Map<string, Constant>): void {
  const used = new Map<ArrayBufferLike, number>()
  for (const { data } of constants.values()) used.set(data.buffer, (used.get(data.buffer) ?? 0) + data.byteLength)
  for (const [name, constant] of constants) {
    const { data } = constant
    if ((used.get(data.buffer) as number) < MOST * data.buffer.byteLength)
      constants.set(name, { ...constant, data: data.slice() })
  }
}
