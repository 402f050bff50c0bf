// What this process holds: its memory map, its files, its threads.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { candidateFolders } from '../../src/native/private-file.ts'

export interface Mapping {
  readonly from: number
  readonly to: number
  /** As the kernel says it: r-xp. */
  readonly rights: string
  readonly inode: number
  readonly path: string
}

export function mappings(): Mapping[] {
  if (!existsSync('/proc/self/maps')) return []
  const lines = readFileSync('/proc/self/maps', 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const [range, rights, , , inode, ...path] = line.split(/\s+/)
    const [from, to] = range.split('-').map((part) => Number.parseInt(part, 16))
    return { from, to, rights, inode: Number(inode), path: path.join(' ') }
  })
}

/** Of the native object: by the name that its file had. */
export function ofTheObject({ path }: Mapping): boolean {
  return path.includes('/weft-native-')
}

/** Pages of code without a file that nobody can write to: V8 has none of that kind, its own can be written to. */
export function isPlacedCode({ rights, inode, path }: Mapping): boolean {
  return rights === 'r-xp' && inode === 0 && path === ''
}

/** Folders of this process that are still there, in any place that it may have tried. */
export function foldersLeft(): string[] {
  return candidateFolders().flatMap((folder) => {
    try {
      return readdirSync(folder).filter((name) => name.startsWith(`weft-native-${process.pid}-`))
    } catch {
      return []
    }
  })
}

export interface Holdings {
  readonly megabytes: number
  readonly mappings: number
  readonly placed: number
  readonly files: number
  readonly threads: number
}

export function holdings(): Holdings {
  const maps = mappings()
  return {
    megabytes: Math.round(process.memoryUsage.rss() / 2 ** 20),
    mappings: maps.length,
    placed: maps.filter(isPlacedCode).length,
    files: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
  }
}
