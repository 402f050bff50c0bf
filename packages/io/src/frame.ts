// A frame: the size that a picture is brought to, what of it is cut off and what is filled.
import { MAX_ELEMENTS, WeftError } from '@weft/core'
import type { Sharp } from 'sharp'

/** A canvas, and the resized picture on it: what lies past the canvas is cut off, what it leaves of it is filled. */
export interface Frame {
  /** Of the canvas, in pixels. */
  readonly width: number
  readonly height: number
  /** Of the resized picture. */
  readonly pictureWidth: number
  readonly pictureHeight: number
  /** Where its upper left corner is on the canvas; below 0 it is cut off. */
  readonly left: number
  readonly top: number
  /** What fills the rest, 0 (black) to 1 (white). */
  readonly fill: number
}

/** @throws OPTION for a frame that is none, or shows nothing of the picture; TOO_LARGE */
export function expectFrame(frame: Frame, label: string): void {
  const { width, height, pictureWidth, pictureHeight, left, top, fill } = frame
  const sizes = [width, height, pictureWidth, pictureHeight]
  const sound = sizes.every((size) => Number.isSafeInteger(size) && size >= 1) && [left, top].every(Number.isSafeInteger)
  const shown = left < width && top < height && left + pictureWidth > 0 && top + pictureHeight > 0
  if (!sound || !shown || !(fill >= 0 && fill <= 1))
    throw new WeftError('OPTION', `${label}: its frame ${JSON.stringify(frame)} shows nothing of it`)
  for (const pixels of [width * height, pictureWidth * pictureHeight])
    if (4 * pixels > MAX_ELEMENTS)
      throw new WeftError('TOO_LARGE', `${label}: its frame has ${pixels} pixels; ${MAX_ELEMENTS / 4} at most`, { pixels })
}

/** `image`, resized and put on its canvas. */
export function framed(image: Sharp, frame: Frame): Sharp {
  const { width, height, pictureWidth, pictureHeight, fill } = frame
  const [left, top] = [Math.max(frame.left, 0), Math.max(frame.top, 0)]
  const shown = {
    left: Math.max(-frame.left, 0),
    top: Math.max(-frame.top, 0),
    width: Math.min(frame.left + pictureWidth, width) - left,
    height: Math.min(frame.top + pictureHeight, height) - top,
  }
  const [right, bottom] = [width - left - shown.width, height - top - shown.height]
  const cut = image.resize(pictureWidth, pictureHeight, { fit: 'fill', kernel: 'linear' }).extract(shown)
  if (Math.max(left, top, right, bottom) === 0) return cut
  const value = fill * 255
  return cut.extend({ left, top, right, bottom, background: { r: value, g: value, b: value } })
}
