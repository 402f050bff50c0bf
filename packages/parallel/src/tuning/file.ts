// The tuning file on the disk: read with care, written under another name and then renamed.
import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { WeftError } from '@weft/core'
import { formatSections, parseSections, type Section } from './record.ts'

const MOST_BYTES = 8 << 20

/** @returns what the file holds, or in a sentence why it is ignored. */
export async function readSections(path: string): Promise<readonly Section[] | string> {
  try {
    // Looked at first: to open a pipe would wait for its other end.
    if (!(await stat(path)).isFile()) return 'it is not a plain file'
    await using handle = await open(path, 'r')
    const { size } = await handle.stat()
    if (size > MOST_BYTES) return `it has ${size} bytes, more than ${MOST_BYTES}`
    return parseSections(await readFile(handle, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? 'there is no such file' : message
  }
}

/** @throws IO when it cannot be written; what was there is then as before. */
export async function writeSections(path: string, sections: readonly Section[]): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`
  try {
    await writeFile(temporary, formatSections(sections), { flag: 'wx' })
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {})
    throw new WeftError('IO', `cannot write ${path}: ${(cause as Error).message}`, { path }, { cause })
  }
}
