// What the `--help` of several commands shares.
import type { FlagParametersForType } from '@stricli/core'
import { ALIASES } from './flags.ts'
import type { Section } from './sections.ts'
import { table } from './text.ts'

export type Row = readonly [string, string]

interface Flag {
  readonly brief: string
  readonly placeholder?: string
}

export const COMMON: readonly Row[] = [['--help, -h', 'this text']]

/** What INPUT may be. */
export const SOURCES =
  'INPUT is a file, a folder or a pattern (quoted): pictures (png, jpg, webp, tiff), tensors (npy, npz, safetensors) and videos (by ffmpeg). ' +
  'Folders are searched through at any depth; names that begin with a point are skipped. Of a file that holds several, ' +
  'each entry, page or frame is an item; one of them is x.npz:name, stack.tif#3 or clip.mp4#250. @list.txt is a list of paths, - one on standard ' +
  'input, and a .csv or .jsonl a manifest with path and id. Each result keeps its path below the folder and gets the ' +
  'extension of its format; -o all.npz (.safetensors, .jsonl, .npy) makes one file of all. A file that cannot be read is named ' +
  'and the others go on.'

/** What happens when a command is started again. */
export const AGAIN =
  'What was done is kept in a ledger, OUTPUT/.weft (all.npz.weft of one file). The same command started again does only what is ' +
  'missing, failed or changed, however it ended, and gives the same bytes. Another job is refused in the same place.'

/** The flags of a command that takes inputs, by section. */
export function flagSections<T extends object>(
  sections: readonly Section<keyof T & string>[],
  flags: FlagParametersForType<T>,
): string[] {
  const rows = flags as unknown as Readonly<Record<string, Flag>>
  return [
    ...sections.map(([title, names]) => section(title, [table(names.map((name) => flagRow(name, rows[name])))])),
    section('ALSO', [table([...COMMON, ['--', 'what follows are inputs, also names that begin with -']])]),
  ]
}

export function flagRow(name: string, { placeholder, brief }: Flag): Row {
  const letter = Object.entries(ALIASES).find(([, of]) => of === name)?.[0]
  const dashed = name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)
  return [`--${dashed}${letter === undefined ? '' : `, -${letter}`}${placeholder === undefined ? '' : ` ${placeholder}`}`, brief]
}

export function section(title: string, lines: readonly string[]): string {
  return [title, ...lines].join('\n')
}
