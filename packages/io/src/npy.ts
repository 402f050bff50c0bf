// .npy: one numpy array a file.
import type { Dtype, Tensor } from '@weft/core'
import type { StorageOf } from './allocate.ts'
import { InputFile } from './input-file.ts'
import { formatNpyHeader, readNpyHeader } from './npy-header.ts'
import { readStored } from './stored-tensor.ts'
import type { ReadOptions } from './target.ts'
import { bytesOf, writeAtomically } from './write-atomically.ts'

/**
 * Reads a .npy file of version 1.0, 2.0 or 3.0: booleans, integers of 8 to 64 bits and floats of 16 to 64 bits, in either
 * byte order, in C or Fortran order. The tensor is row-major.
 *
 * As float32, halfs and integers of up to 24 bits are exact; wider integers and doubles are rounded once, to the nearest
 * float32, as numpy's `astype(float32)` does. The bytes of little-endian float32 in C order (also uint8 and int32 read as
 * themselves) go from the file straight into the tensor's memory; everything else passes through a buffer of 1 MiB.
 *
 * @throws NOT_FOUND or IO when it cannot be read; FORMAT when the header is damaged or the file does not have exactly the
 * bytes that its shape needs; TOO_LARGE past 2^30 - 1 elements; DTYPE for other types of data. All but DTYPE of a value
 * that does not fit int32 come before memory is asked for.
 */
export async function readNpy<D extends Dtype = 'float32'>(
  path: string,
  options: ReadOptions<D> = {},
): Promise<Tensor<StorageOf[D]>> {
  await using file = await InputFile.open(path)
  return await readStored(file, await readNpyHeader(file), options)
}

/**
 * Writes a tensor as a .npy file of version 1.0: little-endian float32, uint8 or int32 in C order, the same bytes as
 * `numpy.save`. The file appears whole or not at all (`writeAtomically`).
 *
 * @throws NOT_FOUND when the folder is not there, IO when writing fails.
 */
export async function writeNpy(path: string, tensor: Tensor): Promise<void> {
  await writeAtomically(path, encodeNpy(tensor, path))
}

/** The bytes of `writeNpy`, in pieces; the numbers are not copied. `label` is for messages. */
export function encodeNpy(tensor: Tensor, label = 'npy'): Uint8Array[] {
  return [formatNpyHeader(tensor.dtype, tensor.shape, label), bytesOf(tensor.data)]
}
