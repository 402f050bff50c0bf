// Finding the inputs: files as they are named, folders searched through.
import { type Dirent, existsSync } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { WeftError } from '@weft/core'
import { formatOf, isReadable, parseAddress } from '@weft/io'

export interface Input {
  readonly path: string
  /** The same file whatever links lead to its folder. */
  readonly real: string
  /** Which tensor of a file that holds several. */
  readonly entry?: string
  /** Tells it from all others of a run, whatever folder they are started from: the path below its source, and the entry. */
  readonly id: string
  /** The path of its results without an extension: that below the folder that was given; of a file, its name. */
  readonly stem: string
  readonly picture: boolean
}

/**
 * All inputs, in the order of the arguments and sorted within each. In folders: files of a known format, at any depth; names
 * that begin with a point are skipped, and so is `except` (the real path of the output folder). Links to files are followed,
 * links to folders are not.
 * @throws NOT_FOUND for an argument that is not there, or a folder that holds nothing to read; IO; OPTION when a folder is
 * `except` itself.
 */
export async function findInputs(sources: readonly string[], except: string): Promise<Input[]> {
  const inputs: Input[] = []
  for (const source of sources) {
    const { path, entry } = existsSync(source) ? { path: source, entry: undefined } : parseAddress(source)
    const found = await stat(path).catch((cause: unknown) => {
      throw new WeftError('NOT_FOUND', `the input ${path} is not there`, { path }, { cause })
    })
    if (!found.isDirectory()) {
      const [name, folder] = [basename(path), await realpath(dirname(path))]
      inputs.push({
        path,
        real: join(folder, name),
        ...(entry === undefined ? {} : { entry }),
        id: entry === undefined ? name : `${name}:${entry}`,
        stem: stemOf(name),
        picture: isPicture(path),
      })
    } else {
      const real = await realpath(path)
      if (real === except) {
        throw new WeftError('OPTION', `${path} is an input and the output folder; write the results to another folder`, { path })
      }
      const before = inputs.length
      await search({ path, real }, '', except, inputs)
      if (inputs.length === before) {
        throw new WeftError('NOT_FOUND', `the folder ${path} holds no picture and no tensor that weft reads`, { path })
      }
    }
  }
  return inputs
}

/** Whether a path is that of a picture by its extension. */
export function isPicture(path: string): boolean {
  return isReadable(path) && !['npy', 'safetensors'].includes(formatOf(path).name)
}

function stemOf(path: string): string {
  return path.slice(0, path.length - extname(path).length)
}

async function search(root: Pick<Input, 'path' | 'real'>, below: string, except: string, inputs: Input[]): Promise<void> {
  const folder = join(root.path, below)
  const names = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new WeftError('IO', `cannot read the folder ${folder}: ${String(cause)}`, { path: folder }, { cause })
  })
  names.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const name of names) {
    if (name.name.startsWith('.')) continue
    const path = join(folder, name.name)
    if (name.isDirectory()) {
      if ((await realpath(path)) !== except) await search(root, join(below, name.name), except, inputs)
    } else if (isReadable(name.name) && (await isFile(path, name))) {
      const inside = join(below, name.name)
      inputs.push({ path, real: join(root.real, inside), id: inside, stem: stemOf(inside), picture: isPicture(path) })
    }
  }
}

/** A link counts as what it leads to; one that leads nowhere is kept, so that it is reported. */
async function isFile(path: string, name: Dirent): Promise<boolean> {
  if (!name.isSymbolicLink()) return name.isFile()
  return await stat(path).then(
    (found) => found.isFile(),
    () => true,
  )
}
