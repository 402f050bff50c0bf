// @weft/io: files to tensors and back, one file a format, and reading and writing by the extension of a path.
export { parseAddress, readTensorAt, type TensorAddress } from './address.ts'
export type { StorageOf } from './allocate.ts'
export { ffmpegVersion } from './ffmpeg-version.ts'
export {
  FORMATS,
  type Format,
  formatOf,
  isReadable,
  READABLE_EXTENSIONS,
  type ReadTensorOptions,
  readTensor,
  type WriteTensorOptions,
  writeTensor,
} from './formats.ts'
export type { Frame } from './frame.ts'
export {
  DEFAULT_MAX_PIXELS,
  decodeImage,
  type ImageDecodeOptions,
  type ImageReadOptions,
  imagePages,
  readImage,
} from './image-decode.ts'
export { encodeImage, type ImageWriteOptions, writeImage } from './image-encode.ts'
export type { ImageFormat } from './image-format.ts'
export { encodeNpy, npyHead, npyShape, readNpy, readNpySlice, writeNpy } from './npy.ts'
export { NpzFile, readNpz } from './npz.ts'
export type { Channels, Level } from './planes.ts'
export { readSafetensors, SafetensorsFile } from './safetensors.ts'
export type { SafetensorsEntry } from './safetensors-header.ts'
export { encodeSafetensors, type SafetensorsWriteOptions, safetensorsHead, writeSafetensors } from './safetensors-write.ts'
export type { ReadOptions } from './target.ts'
export { type FrameRange, framesWithin, isVideo, type VideoFrame, type VideoTrack } from './video.ts'
export { type PictureOptions, VideoFrames, type VideoOptions } from './video-frames.ts'
export { listFrames, type VideoListing } from './video-list.ts'
export { type Content, endWrites, prefixOfTemporary, temporaryPrefix, writeAtomically } from './write-atomically.ts'
export { encodeNpz, type ZipContent, ZipWriter } from './zip-write.ts'
