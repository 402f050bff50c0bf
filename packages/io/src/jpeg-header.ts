// What the segments of a JPEG say of it before its pixels: 0.5 ms less than to ask the library, a tenth of what a photograph takes.

/** Named as the library's metadata. */
export interface JpegHeader {
  readonly width: number
  readonly height: number
  /** Of the picture as it is to be seen. */
  readonly autoOrient: { readonly width: number; readonly height: number }
  readonly space: 'b-w' | 'srgb'
  readonly depth: 'uchar'
  readonly hasAlpha: false
}

const [APP0, APP1, APP15, SOS] = [0xe0, 0xe1, 0xef, 0xda]
/** Baseline, extended and progressive, of Huffman codes. */
const FRAMES = [0xc0, 0xc1, 0xc2]
/** Tables of Huffman codes and of quantisation, the interval of restarts, comments. */
const OTHERS = [0xc4, 0xdb, 0xdd, 0xfe]
const EXIF = [0x45, 0x78, 0x69, 0x66]

/** Of grey and three colours in 8 bits; null for anything else and anything unusual, of which the library is to be asked. */
export function jpegHeader(bytes: Uint8Array): JpegHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let size: { width: number; height: number; bands: number } | null = null
  let orientation: number | null = null
  for (let at = 2; at + 4 <= bytes.length; ) {
    const [mark, marker, length] = [bytes[at], bytes[at + 1], view.getUint16(at + 2)]
    const [from, end] = [at + 4, at + 2 + length]
    if (mark !== 0xff || length < 2 || end > bytes.length) return null
    if (marker === SOS) return size === null ? null : upright(size, orientation ?? 1)
    if (FRAMES.includes(marker)) {
      if (size !== null || length < 8 || bytes[from] !== 8) return null
      size = { height: view.getUint16(from + 1), width: view.getUint16(from + 3), bands: bytes[from + 5] }
      if (size.height === 0 || size.width === 0 || (size.bands !== 1 && size.bands !== 3)) return null
    } else if (marker === APP1 && begins(bytes.subarray(from, end), EXIF)) {
      // The library takes the first segment that begins so, whatever follows.
      if (orientation !== null || !begins(bytes.subarray(from + EXIF.length, end), [0, 0])) return null
      const tiff = from + EXIF.length + 2
      orientation = exifOrientation(new DataView(view.buffer, view.byteOffset + tiff, end - tiff))
      if (orientation === null) return null
    } else if (!OTHERS.includes(marker) && (marker < APP0 || marker > APP15)) return null
    at = end
  }
  return null
}

function begins(segment: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => segment[index] === byte)
}

function upright(
  { width, height, bands }: { readonly width: number; readonly height: number; readonly bands: number },
  orientation: number,
): JpegHeader {
  const autoOrient = orientation > 4 ? { width: height, height: width } : { width, height }
  return { width, height, autoOrient, space: bands === 1 ? 'b-w' : 'srgb', depth: 'uchar', hasAlpha: false }
}

const [ENTRY_BYTES, ORIENTATION, SHORT] = [12, 0x0112, 3]

/** Of the first directory, 1 where it has none; null for what is not as it should be. */
function exifOrientation(tiff: DataView): number | null {
  if (tiff.byteLength < 10) return null
  const order = tiff.getUint16(0)
  if (order !== 0x4949 && order !== 0x4d4d) return null
  const little = order === 0x4949
  const directory = tiff.getUint32(4, little)
  if (tiff.getUint16(2, little) !== 42 || directory + 2 > tiff.byteLength) return null
  const count = tiff.getUint16(directory, little)
  if (directory + 2 + ENTRY_BYTES * count > tiff.byteLength) return null
  for (let entry = 0; entry < count; entry++) {
    const at = directory + 2 + ENTRY_BYTES * entry
    if (tiff.getUint16(at, little) !== ORIENTATION) continue
    const value = tiff.getUint16(at + 8, little)
    const sound = tiff.getUint16(at + 2, little) === SHORT && tiff.getUint32(at + 4, little) === 1 && value >= 1 && value <= 8
    return sound ? value : null
  }
  return 1
}
