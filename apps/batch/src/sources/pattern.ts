// Patterns of paths: `*`, `?`, `[...]`, `{a,b}`, and `**` for any depth.
import { glob } from 'node:fs/promises'
import { join } from 'node:path'

const SPECIAL = /[*?[{]/

export function isPattern(source: string): boolean {
  return SPECIAL.test(source)
}

/** What matches, sorted: its path, and the path after the folders of the pattern that hold nothing special. No hidden names. */
export async function matches(pattern: string): Promise<{ path: string; below: string }[]> {
  const names = pattern.split('/')
  const first = names.findIndex((name) => SPECIAL.test(name))
  const fixed = names.slice(0, first).join('/')
  const root = fixed === '' ? (pattern.startsWith('/') ? '/' : '.') : fixed
  const found: string[] = []
  for await (const below of glob(names.slice(first).join('/'), { cwd: root })) found.push(below)
  const shown = found.filter((below) => !below.split('/').some((name) => name.startsWith('.')))
  return shown.sort().map((below) => ({ path: join(root, below), below }))
}
