// Where a run's results and its ledger are: a folder of files, or one file for all.
import { existsSync } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { WeftError } from '@weft/core'
import { STATE_FOLDER } from './ledger/ledger.ts'
import type { OutputFormat } from './outputs.ts'
import { JOINED_FORMATS, type JoinedFormat } from './sinks/joined.ts'

export interface Target {
  /** As the user wrote it. */
  readonly output: string
  /** The folder that results are in, and its real path. */
  readonly folder: string
  readonly real: string
  /** The folder of the ledger: `out/.weft`, or beside one file for all `all.npz.weft`. */
  readonly state: string
  /** One file for all. */
  readonly joined: { readonly path: string; readonly format: JoinedFormat } | null
}

/**
 * `-o all.npz` is one file, unless a folder has that name; jsonl is one file in a folder too, `results.jsonl`.
 * @param usual the format where the user chose none
 */
export async function resolveTarget(
  output: string,
  format: OutputFormat | undefined,
  usual?: OutputFormat | undefined,
): Promise<Target> {
  const extension = JOINED_FORMATS.find((name) => `.${name}` === extname(output).toLowerCase())
  const isFolder = /[\\/]$/.test(output) || ((await stat(output).catch(() => null))?.isDirectory() ?? false)
  if (extension !== undefined && !isFolder) {
    if (format !== undefined && format !== extension)
      throw new WeftError('OPTION', `--format ${format} goes with a folder; ${output} is one file for all results`, { output })
    const folder = dirname(output)
    return {
      output,
      folder,
      real: await realFolder(folder),
      state: `${output}.weft`,
      joined: { path: output, format: extension },
    }
  }
  const joined = (format ?? usual) === 'jsonl' ? ({ path: join(output, 'results.jsonl'), format: 'jsonl' } as const) : null
  return { output, folder: output, real: await realFolder(output), state: join(output, STATE_FOLDER), joined }
}

/** Whether results were begun there: how far they are is not known before their ledger is read. */
export function isBegun(output: string): boolean {
  return existsSync(`${output}.weft`) || existsSync(join(output, STATE_FOLDER))
}

/** What people take for the name of one result, though results go into a folder. */
const OF_ONE_ITEM = ['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.json']

/** @throws OPTION where results cannot go, or would go into a folder that looks like a file. */
export async function expectUsable({ output, joined }: Target): Promise<void> {
  if (joined?.path === output) return
  const there = await stat(output).catch(() => null)
  if (there?.isDirectory()) return
  const one = `one file for all results ends in ${JOINED_FORMATS.map((name) => `.${name}`).join(', ')}`
  if (there !== null)
    throw new WeftError('OPTION', `-o ${output}: it is a file; give a folder, or another name: ${one}`, { output })
  if (!/[\\/]$/.test(output) && OF_ONE_ITEM.includes(extname(output).toLowerCase()))
    throw new WeftError(
      'OPTION',
      `-o ${output}: results go into a folder, a file each; give its name, or ${output}/ for a folder called so; ${one}`,
      { output },
    )
}

/** The real path that a folder has, or will have once it is made. */
export async function realFolder(folder: string): Promise<string> {
  const full = resolve(folder)
  try {
    return await realpath(full)
  } catch {
    return dirname(full) === full ? full : join(await realFolder(dirname(full)), basename(full))
  }
}
