// The pictures of a batch: those of a folder, each under so many names that they come to the number of items.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

/** JPEG and PNG files right in the folder, sorted; none where there is no folder. */
export function picturesOf(folder: string): string[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .sort()
    .map((name) => join(folder, name))
}

/** Copies them in turn into a new folder. */
export function layOut(pictures: readonly string[], items: number, folder: string): void {
  mkdirSync(folder)
  for (let item = 0; item < items; item++) {
    const picture = pictures[item % pictures.length]
    copyFileSync(picture, join(folder, `${String(item).padStart(6, '0')}-${basename(picture)}`))
  }
}
