// The element types of a tensor and the typed arrays that hold them.

export type Dtype = 'float32' | 'uint8' | 'int32'
export type Storage = Float32Array | Uint8Array | Int32Array

export const DTYPES = {
  float32: Float32Array,
  uint8: Uint8Array,
  int32: Int32Array,
} as const

export function dtypeOf(data: Storage): Dtype {
  if (data instanceof Float32Array) return 'float32'
  return data instanceof Uint8Array ? 'uint8' : 'int32'
}
