// .npy: one numpy array a file.
import { type Dtype, formatShape, type Shape, sizeOf, type Tensor, WeftError } from '@weft/core'
import type { StorageOf } from './allocate.ts'
import { type Bytes, windowOf } from './bytes.ts'
import { ELEMENT_TYPES } from './elements.ts'
import { InputFile } from './input-file.ts'
import { formatNpyHeader, readNpyHeader } from './npy-header.ts'
import { readStored, type StoredTensor } from './stored-tensor.ts'
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

/** The shape of a .npy file, by its header. @throws as `readNpy` does before it asks for memory. */
export async function npyShape(path: string): Promise<Shape> {
  await using file = await InputFile.open(path)
  return (await readNpyHeader(file)).shape
}

/**
 * Reads one slice of a .npy file, x[:, ..., index, ...] with the axis gone, without the rest of the file.
 *
 * @throws OPTION for an axis or index that it has not; and what
 * `readNpy` throws.
 */
export async function readNpySlice<D extends Dtype = 'float32'>(
  path: string,
  axis: number,
  index: number,
  options: ReadOptions<D> = {},
): Promise<Tensor<StorageOf[D]>> {
  await using file = await InputFile.open(path)
  const stored = await readNpyHeader(file)
  return await readStored(
    sliceOf(file, stored, axis, index),
    { ...stored, position: 0, shape: stored.shape.toSpliced(axis, 1) },
    options,
  )
}

/** The bytes of a slice, as if they lay one after the other. */
function sliceOf(file: Bytes, { shape, kind, fortran, position }: StoredTensor, axis: number, index: number): Bytes {
  const extent = shape[axis]
  if (extent === undefined || index >= extent || index < 0) {
    throw new WeftError('OPTION', `${file.path} ${formatShape(shape)} has no slice ${index} of axis ${axis}`, {
      shape,
      axis,
      index,
    })
  }
  // What runs faster than the axis lies together.
  const faster = fortran ? shape.slice(0, axis) : shape.slice(axis + 1)
  const slower = fortran ? shape.slice(axis + 1) : shape.slice(0, axis)
  const run = sizeOf(faster) * ELEMENT_TYPES[kind].bytes
  const begin = position + index * run
  const size = run * sizeOf(slower)
  if (sizeOf(slower) === 1) return windowOf(file, file.path, begin, size)
  return {
    path: file.path,
    size,
    fill: (view, at) =>
      fillRuns(file, new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at, begin, run, run * extent),
    bytes: (at, length) => file.bytes(begin + at, length),
  }
}

/** Runs of bytes that lie `step` apart. */
async function fillRuns(file: Bytes, out: Uint8Array, at: number, begin: number, run: number, step: number): Promise<void> {
  for (let done = 0; done < out.length; ) {
    const [which, inside] = [Math.floor((at + done) / run), (at + done) % run]
    const length = Math.min(run - inside, out.length - done)
    await file.fill(out.subarray(done, done + length), begin + which * step + inside)
    done += length
  }
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

/** What comes before the numbers of a .npy file of this shape. */
export function npyHead(dtype: Dtype, shape: Shape): Uint8Array {
  return formatNpyHeader(dtype, shape, 'npy')
}

/** The bytes of `writeNpy`, in pieces; the numbers are not copied. `label` is for messages. */
export function encodeNpy(tensor: Tensor, label = 'npy'): Uint8Array[] {
  return [formatNpyHeader(tensor.dtype, tensor.shape, label), bytesOf(tensor.data)]
}
