// What is known of each value while a network is specialised: type and shape, and the numbers where they are known.
import { sizeOf, type ValueInfo } from '@weft/core'
import type { Constant } from '../graph/graph.ts'

export interface Value {
  readonly info: ValueInfo
  readonly known: Constant | null
  /** The value whose bytes these are: itself, or what it is a view of. */
  readonly root: string
}

export class Values {
  readonly #values = new Map<string, Value>()

  get(name: string): Value | undefined {
    return this.#values.get(name)
  }

  /** A value that a step will compute. */
  computed(name: string, info: ValueInfo): void {
    this.#values.set(name, { info, known: null, root: name })
  }

  known(name: string, constant: Constant): void {
    const { dtype, shape } = constant
    this.#values.set(name, { info: { dtype, shape }, known: constant, root: name })
  }

  /** The same numbers in another shape. */
  view(name: string, of: Value, shape: ValueInfo['shape']): void {
    const info = { dtype: of.info.dtype, shape }
    if (of.known !== null) this.known(name, { ...info, data: of.known.data })
    else this.#values.set(name, { info, known: null, root: of.root })
  }
}

export const BYTES = { float32: 4, int64: 8, int32: 4, uint8: 1, bool: 1 } as const

export function bytesOf({ dtype, shape }: ValueInfo): number {
  return BYTES[dtype] * sizeOf(shape)
}
