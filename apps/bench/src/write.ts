// Where results go: looked at before anything is measured, written at the end.
import { statSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { WeftError } from '@weft/core'

/** For a path: standard output. */
export const STDOUT = '-'

/** Lists of numbers in a line each. */
export function asJson(report: object): string {
  return `${JSON.stringify(report, null, 2).replace(/\[\n[-+\d.e,\s]+\]/g, (list) => list.replace(/\s+/g, ' '))}\n`
}

/** Before anything is measured: minutes of work should not end at a folder that is not there. */
export function checkWritable(flag: string, path: string | undefined): void {
  if (path === undefined || path === STDOUT) return
  const kind = (at: string) => statSync(at, { throwIfNoEntry: false })
  if (kind(path)?.isDirectory()) throw new WeftError('IO', `${flag} ${path} is a folder; name a file`)
  if (!kind(dirname(path))?.isDirectory())
    throw new WeftError('IO', `${flag} ${path}: there is no folder ${dirname(path)}; make it first`)
}

/** A page is opened in a browser: it goes to a file. */
export function checkHtml(path: string | undefined): void {
  if (path === STDOUT) throw new WeftError('OPTION', '--html needs the name of a file, for example report.html')
  checkWritable('--html', path)
}

/** Under another name first: a file is never half written. */
export async function writeText(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    await writeFile(unfinished, text)
    await rename(unfinished, path)
  } catch (cause) {
    await rm(unfinished, { force: true })
    throw new WeftError(
      'IO',
      `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      {},
      { cause },
    )
  }
}
