// Labels of classes: a file with one a line, or JSON.
import { readFile, stat } from 'node:fs/promises'
import { WeftError } from '@weft/core'
import { readError } from '../digest.ts'

const MAX_BYTES = 2 ** 24

/**
 * One a line; or JSON: an array, or an object by the number of the class, of texts or of lists whose last is the text.
 * @throws NOT_FOUND, IO, FORMAT, TOO_LARGE
 */
export async function readLabels(path: string): Promise<readonly string[]> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw readError(path, cause)
  })
  if (size > MAX_BYTES) throw new WeftError('TOO_LARGE', `${path} has ${size} bytes; labels have ${MAX_BYTES} at most`)
  const content = (await readFile(path, 'utf8')).replace(/^\ufeff/, '')
  if (!/^\s*[[{]/.test(content)) return content.trimEnd().split(/\r?\n/)
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (cause) {
    throw new WeftError('FORMAT', `${path} is not JSON: ${(cause as Error).message}`, { path }, { cause })
  }
  const entries = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value as object).map(([key, one]) => [Number(key), one])
  const labels: string[] = []
  for (const [index, entry] of entries) {
    const text: unknown = Array.isArray(entry) ? entry.at(-1) : entry
    if (!Number.isInteger(index) || index < 0 || index >= entries.length || typeof text !== 'string')
      throw new WeftError('FORMAT', `${path}: its entry ${String(index)} is no label of a class numbered from 0`, { path })
    labels[index] = text
  }
  return labels
}
