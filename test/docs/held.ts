// A value of a page's program, and what the page says that it is.
import { deepStrictEqual } from 'node:assert'
import { Tensor } from '@weft/core'

export function held(json: string, value: unknown): void {
  const plain = value instanceof Tensor ? value.toArray() : ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value
  deepStrictEqual(plain, JSON.parse(json))
}
