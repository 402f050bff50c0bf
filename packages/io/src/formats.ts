// Every format in one table, and the reading and writing that goes by the extension of a path.
import { extname } from 'node:path'
import { type Dtype, type Tensor, WeftError } from '@weft/core'
import type { StorageOf } from './allocate.ts'
import { type ImageReadOptions, readImage } from './image-decode.ts'
import { encodeImage, type ImageWriteOptions } from './image-encode.ts'
import { IMAGE_FORMATS, type ImageFormat } from './image-format.ts'
import { encodeNpy, readNpy } from './npy.ts'
import { readNpz } from './npz.ts'
import { readSafetensors } from './safetensors.ts'
import { encodeSafetensors, type SafetensorsWriteOptions } from './safetensors-write.ts'
import { dtypeOf, type ReadOptions } from './target.ts'
import { writeAtomically } from './write-atomically.ts'
import { encodeNpz } from './zip-write.ts'

/** The options of every format: each takes its own and leaves the others, so one set serves a folder of mixed files. */
export interface ReadTensorOptions<D extends Dtype = 'float32'> extends ReadOptions<D>, Omit<ImageReadOptions, 'into'> {
  /** Which tensor of a file that holds several. */
  entry?: string | undefined
}

export interface WriteTensorOptions extends ImageWriteOptions, SafetensorsWriteOptions {
  /** The name of the tensor in a format that has names; 'tensor' unless told. */
  entry?: string | undefined
}

export interface Format {
  readonly name: string
  /** In lower case, with the dot. */
  readonly extensions: readonly string[]
  read<D extends Dtype>(path: string, options: ReadTensorOptions<D>): Promise<Tensor<StorageOf[D]>>
  /** The bytes of a file, in pieces that may be views of the tensor. */
  encode(tensor: Tensor, options: WriteTensorOptions): Promise<readonly Uint8Array[]>
}

/** A new format is one file and one row here. */
export const FORMATS: readonly Format[] = [
  { name: 'npy', extensions: ['.npy'], read: readNpy, encode: async (tensor) => encodeNpy(tensor) },
  {
    name: 'safetensors',
    extensions: ['.safetensors'],
    read: (path, options) => readSafetensors(path, options.entry, options),
    encode: async (tensor, options) => encodeSafetensors([[options.entry ?? 'tensor', tensor]], options),
  },
  {
    name: 'npz',
    extensions: ['.npz'],
    read: (path, options) => readNpz(path, options.entry, options),
    encode: async (tensor, options) => encodeNpz([[options.entry ?? 'tensor', tensor]]),
  },
  imageRow('png'),
  imageRow('jpeg'),
  imageRow('webp'),
  imageRow('tiff'),
]

/** Every extension that `readTensor` knows, in lower case, with the dot. */
export const READABLE_EXTENSIONS: readonly string[] = FORMATS.flatMap((format) => format.extensions)

/** Whether `readTensor` knows the extension of a path, in capitals or not. Says nothing of the file itself. */
export function isReadable(path: string): boolean {
  return READABLE_EXTENSIONS.includes(extname(path).toLowerCase())
}

/** The format of a path by its extension, in capitals or not. @throws FORMAT when there is none. */
export function formatOf(path: string): Format {
  const extension = extname(path).toLowerCase()
  const format = FORMATS.find(({ extensions }) => extensions.includes(extension))
  if (format !== undefined) return format
  const problem = extension === '' ? 'its name has no extension' : `the extension ${extension} is not known`
  throw new WeftError('FORMAT', `${path}: ${problem}; these are: ${READABLE_EXTENSIONS.join(', ')}`, { path, extension })
}

/**
 * Reads one tensor from a file of any known format: a whole .npy, an entry of a .safetensors (its only one unless `entry`
 * names it), an image as (C, H, W) of 0 to 1.
 *
 * @throws FORMAT for an unknown extension or a damaged file, and what the reader of the format throws.
 */
export async function readTensor<D extends Dtype = 'float32'>(
  path: string,
  options: ReadTensorOptions<D> = {},
): Promise<Tensor<StorageOf[D]>> {
  return await formatOf(path).read(path, options)
}

/**
 * Writes one tensor in the format of the path's extension; the file appears whole or not at all (`writeAtomically`).
 *
 * @throws FORMAT for an unknown extension, NOT_FOUND when the folder is not there, IO when writing fails, and what the
 * writer of the format throws.
 */
export async function writeTensor(path: string, tensor: Tensor, options: WriteTensorOptions = {}): Promise<void> {
  await writeAtomically(path, await formatOf(path).encode(tensor, options))
}

function imageRow(name: ImageFormat): Format {
  return {
    name,
    extensions: IMAGE_FORMATS[name].extensions,
    read: readFloatImage,
    encode: async (tensor, options) => [await encodeImage(tensor, name, options)],
  }
}

async function readFloatImage<D extends Dtype>(path: string, options: ReadTensorOptions<D>): Promise<Tensor<StorageOf[D]>> {
  const dtype = dtypeOf(options)
  if (dtype !== 'float32')
    throw new WeftError('DTYPE', `${path}: images are read as float32 of 0 to 1, not as ${dtype}`, { path, dtype })
  return (await readImage(path, options as ImageReadOptions)) as Tensor<StorageOf[D]>
}
