// What is known of each value while a network is specialised: type and shape, and the numbers where they are known.
import { sizeOf, type ValueInfo } from '@weft/core'
import type { Constant } from '../graph/graph.ts'
import type { View } from '../operators/operator.ts'

export interface Value {
  readonly info: ValueInfo
  readonly known: Constant | null
  /** The value whose bytes these are: itself, or what it is a view of. */
  readonly root: string
  /** Bytes from the root's first on. */
  readonly at: number
}

export class Values {
  readonly #values = new Map<string, Value>()

  get(name: string): Value | undefined {
    return this.#values.get(name)
  }

  /** A value that a step will compute. */
  computed(name: string, info: ValueInfo): void {
    this.#values.set(name, { info, known: null, root: name, at: 0 })
  }

  known(name: string, constant: Constant): void {
    const { dtype, shape } = constant
    this.#values.set(name, { info: { dtype, shape }, known: constant, root: name, at: 0 })
  }

  /** Consecutive numbers of a value, in another shape. */
  view(name: string, of: Value, { from, shape }: View): void {
    const info = { dtype: of.info.dtype, shape }
    if (of.known !== null) {
      this.known(name, viewOf(of.known, { from, shape }))
    } else {
      this.#values.set(name, { info, known: null, root: of.root, at: of.at + from * BYTES[info.dtype] })
    }
  }

  /** The value itself where it is made, or has all bytes of what it is a view of. */
  wholeRoot(name: string): string | null {
    const value = this.get(name)
    const root = value && this.get(value.root)
    return root && bytesOf(root.info) === bytesOf(value.info) ? value.root : null
  }
}

/** Numbers of a constant, not copied. */
export function viewOf({ dtype, data }: Constant, { from, shape }: View): Constant {
  const size = sizeOf(shape)
  return { dtype, shape, data: size === data.length ? data : data.subarray(from, from + size) }
}

export const BYTES = { float32: 4, int64: 8, int32: 4, uint8: 1, bool: 1 } as const

export function bytesOf({ dtype, shape }: ValueInfo): number {
  return BYTES[dtype] * sizeOf(shape)
}
