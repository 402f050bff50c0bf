// What a write that was cut off leaves beside a file, and removing it.
import { readdirSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { prefixOfTemporary, temporaryPrefix } from '@weft/io'

/** Removes the temporary files of these paths; only who writes them may. Folders that are not there have none. */
export function removeTemporaries(paths: Iterable<string>): void {
  const prefixes = new Map<string, Set<string>>()
  for (const path of paths) {
    const folder = dirname(path)
    const own = prefixes.get(folder) ?? new Set()
    prefixes.set(folder, own.add(temporaryPrefix(path)))
  }
  for (const [folder, own] of prefixes) {
    try {
      for (const name of readdirSync(folder)) if (own.has(prefixOfTemporary(name) ?? '')) unlinkSync(join(folder, name))
    } catch {
      // Not made yet, or somebody else removed it.
    }
  }
}
