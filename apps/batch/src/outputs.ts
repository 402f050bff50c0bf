// Naming the outputs: below the output folder, one for each input, never over an input.
import { mkdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { WeftError } from '@weft/core'
import { STATE_FOLDER } from './ledger/ledger.ts'
import { addressOf, type Input, stemOf, suffixOf } from './sources/inputs.ts'
import { realFolder, type Target } from './target.ts'

export const OUTPUT_FORMATS = ['png', 'jpg', 'webp', 'tiff', 'npy', 'npz', 'safetensors', 'json', 'jsonl'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

export interface Item extends Input {
  readonly output: string
  /** The same below the output folder; in one file for all, its name and what the result is called there. */
  readonly below: string
}

/** Systems on which names that differ only in capitals are one file. */
const FOLDS_CASE = process.platform === 'win32' || process.platform === 'darwin'

/**
 * Gives each input its output: the path below its folder, with the extension of `formatFor`. An input that is given twice is
 * done once.
 * @throws OPTION when two inputs would give one output, or an output would take the place of an input.
 */
export function nameOutputs(inputs: readonly Input[], target: Target, formatFor: (input: Input) => OutputFormat): Item[] {
  const { joined } = target
  const sources = new Map(inputs.map((input) => [folded(input.real), input.path]))
  const taken = new Map<string, Input>()
  const items: Item[] = []
  for (const input of inputs) {
    const stem = expectBelow(input)
    const file = joined === null ? `${stem}.${formatFor(input)}` : basename(joined.path)
    const below = joined === null ? file : `${file}:${stem}`
    const output = join(target.folder, file)
    const place = folded(join(target.real, below))
    const rival = taken.get(place)
    if (rival !== undefined) {
      const [a, b] = [rival, input].map(addressOf)
      if (folded(rival.real) === folded(input.real) && suffixOf(rival.part) === suffixOf(input.part)) continue
      const remedy = 'rename one, or run them into two folders'
      throw new WeftError('OPTION', `${a} and ${b} would both be written to ${output}; ${remedy}`, { a, b, output })
    }
    const source = sources.get(folded(join(target.real, file)))
    if (source !== undefined) {
      const remedy = 'choose another folder or format'
      throw new WeftError('OPTION', `${input.path} would be written over the input ${source}; ${remedy}`, { output })
    }
    taken.set(place, input)
    items.push({ ...input, output, below })
  }
  return items
}

/** Where an input's result goes, without an extension. @throws OPTION when that would be outside of the output folder. */
function expectBelow(input: Input): string {
  const stem = stemOf(input.id)
  const names = stem.split(/[\\/]/)
  const odd = names.some((name) => name === '..' || name === '' || name.includes('\0')) || names[0] === STATE_FOLDER
  if (!odd) return stem
  const problem = `${addressOf(input)}: its id ${JSON.stringify(input.id)} is no path inside of the output folder`
  throw new WeftError('OPTION', `${problem}; give it another in a manifest`, { id: input.id })
}

function folded(path: string): string {
  return FOLDS_CASE ? path.normalize('NFC').toLowerCase() : path
}

/** Makes a folder and those above it. mkdir's own `recursive` goes on for ever where a folder that exists takes no other (/proc). */
async function makeFolder(folder: string): Promise<void> {
  const existing = await stat(folder).catch(() => null)
  if (existing?.isDirectory()) return
  if (dirname(folder) !== folder) await makeFolder(dirname(folder))
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    // Another item may have made it meanwhile.
    if (error.code !== 'EEXIST' || existing !== null) throw error
  })
}

/** Makes the folders that outputs go to, each once, and refuses those that a link leads out of the output folder. */
export class Folders {
  readonly #folder: string
  #root: Promise<string> | undefined
  readonly #made = new Map<string, Promise<void>>()

  constructor(root: string) {
    this.#folder = root
  }

  /** Makes the output folder and returns its real path. @throws IO when it cannot be made. */
  ready(): Promise<string> {
    this.#root ??= makeFolder(resolve(this.#folder)).then(() => realpath(this.#folder))
    return this.#root.catch((cause: unknown) => {
      throw new WeftError(
        'IO',
        `cannot make the output folder: ${cause instanceof Error ? cause.message : String(cause)}`,
        {},
        { cause },
      )
    })
  }

  /** @throws IO */
  make(folder: string): Promise<void> {
    let made = this.#made.get(folder)
    if (made === undefined) {
      made = this.#make(folder)
      this.#made.set(folder, made)
    }
    return made
  }

  async #make(folder: string): Promise<void> {
    try {
      const root = await this.ready()
      // What is there already decides where the rest would be made.
      const real = await realFolder(folder)
      if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
        throw new WeftError('IO', `${folder} is a link out of the output folder; nothing is written there`, { path: folder })
      }
      await makeFolder(resolve(folder))
    } catch (cause) {
      if (cause instanceof WeftError) throw cause
      throw new WeftError(
        'IO',
        `cannot make the folder ${folder}: ${cause instanceof Error ? cause.message : String(cause)}`,
        { path: folder },
        { cause },
      )
    }
  }
}
