// Addresses of tensors: a path, or a path and the entry of a file that holds several, as in w.safetensors:conv1.weight.
import type { Dtype, Tensor } from '@weft/core'
import type { StorageOf } from './allocate.ts'
import { type ReadTensorOptions, readTensor } from './formats.ts'

export interface TensorAddress {
  readonly path: string
  readonly entry?: string
}

const ENTRY = /\.(?:safetensors|npz):/i

/**
 * Takes an address apart at its first `.safetensors:` or `.npz:`. Without one, all of it is a path: a colon elsewhere, as in `C:\w.npy`,
 * means nothing, and an entry may hold colons and slashes, since it never becomes a path.
 */
export function parseAddress(address: string): TensorAddress {
  const found = ENTRY.exec(address)
  if (found === null) return { path: address }
  const colon = found.index + found[0].length - 1
  return { path: address.slice(0, colon), entry: address.slice(colon + 1) }
}

/**
 * Reads the tensor at an address: `w.safetensors:conv1.weight`, `w.safetensors` when it holds only one, `w.npy`, or an image.
 *
 * @throws what `readTensor` throws; NOT_FOUND names the entries most like one that is not there.
 */
export async function readTensorAt<D extends Dtype = 'float32'>(
  address: string,
  options: ReadTensorOptions<D> = {},
): Promise<Tensor<StorageOf[D]>> {
  const { path, entry } = parseAddress(address)
  return await readTensor(path, entry === undefined ? options : { ...options, entry })
}
