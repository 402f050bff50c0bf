// New memory for numbers.
import { DTYPES, type Dtype, WeftError } from '@weft/core'

/** The typed array of each dtype, over memory shared or not. */
export interface StorageOf {
  float32: Float32Array
  uint8: Uint8Array
  int32: Int32Array
}

/** Zeros. @throws MEMORY when there is no room. */
export function allocate<D extends Dtype>(size: number, dtype: D): StorageOf[D] {
  try {
    return new DTYPES[dtype](size) as StorageOf[D]
  } catch (error) {
    throw new WeftError('MEMORY', `there is no room for ${size} numbers of ${dtype}`, { size, dtype }, { cause: error })
  }
}
