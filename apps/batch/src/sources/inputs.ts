// The inputs of a run: what an item is before anything is computed, and finding them in whatever the command was given.
import type { WeftError } from '@weft/core'
import { formatOf, isReadable, isVideo } from '@weft/io'

/** What of a file an item is: a tensor by its name, a page of a picture, a frame of a video, or a slice x[:, ..., index, ...] along an axis. */
export type Part =
  | { readonly kind: 'entry'; readonly name: string }
  | { readonly kind: 'page' | 'frame'; readonly index: number }
  | { readonly kind: 'slice'; readonly axis: number; readonly index: number }

export interface Input {
  readonly path: string
  /** The same file whatever links lead to its folder. */
  readonly real: string
  /** Left out for a whole file. */
  readonly part?: Part
  /**
   * Tells it from all others of a run, whatever folder the command is started in: the path below its source, then `:entry`, or
   * `#` and the number of the page, frame or slice; or the id that a manifest gives.
   */
  readonly id: string
  readonly picture: boolean
  /** Why it cannot be read, when that was found already. */
  readonly problem?: WeftError
}

/** How a part is written after the path of its file. */
export function suffixOf(part: Part | undefined): string {
  if (part === undefined) return ''
  return part.kind === 'entry' ? `:${part.name}` : `#${part.index}`
}

/** The path of an input's file and its part, as the command takes it. */
export function addressOf({ path, part }: Pick<Input, 'path' | 'part'>): string {
  return path + suffixOf(part)
}

/** Whether a path is that of an input by its extension. */
export function isInput(path: string): boolean {
  return isReadable(path) || isVideo(path)
}

/** Whether a path is that of a picture, or of pictures, by its extension. */
export function isPicture(path: string): boolean {
  if (isVideo(path)) return true
  return isReadable(path) && !['npy', 'npz', 'safetensors'].includes(formatOf(path).name)
}

/** A file that holds several by number, and one of them: `stack.tif#3`, `clip.mp4#250`. */
export function numbered(address: string): { file: string; index: number } | undefined {
  const [, file, digits] = /^(.*)#(\d{1,15})$/s.exec(address) ?? []
  if (file === undefined || !(/\.(?:tiff?|npy)$/i.test(file) || isVideo(file))) return undefined
  return { file, index: Number(digits) }
}

/** Digits of a page's, frame's or slice's number in the name of its result, so that names sort as numbers do. */
const DIGITS = 6

/**
 * The path of an item's result without its extension: `deep/a.png` gives `deep/a`, `x.npz:conv1.weight` gives `x/conv1.weight`,
 * `stack.tif#3` gives `stack/000003`. An id of another kind is a path already.
 */
export function stemOf(id: string): string {
  const [, file, entry] = /^(.*?)\.(?:npz|safetensors):(.*)$/is.exec(id) ?? []
  if (file !== undefined) return `${file}/${entry}`
  const { file: pages, index } = numbered(id) ?? {}
  if (pages !== undefined) return `${pages.slice(0, pages.lastIndexOf('.'))}/${String(index).padStart(DIGITS, '0')}`
  return isReadable(id) ? id.slice(0, id.lastIndexOf('.')) : id
}
