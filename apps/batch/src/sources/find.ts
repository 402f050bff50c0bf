// Finding the inputs: files as they are named, folders searched through, patterns, lists and manifests, and what files hold.
import { type Dirent, existsSync, statSync } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, normalize } from 'node:path'
import { WeftError } from '@weft/core'
import { isVideo, parseAddress } from '@weft/io'
import { type FrameOptions, framesOf } from './frames.ts'
import { type Input, isInput, isPicture, numbered, type Part, suffixOf } from './inputs.ts'
import { type Listed, readList, readManifest } from './lists.ts'
import { partsOf } from './parts.ts'
import { isPattern, matches } from './pattern.ts'

export interface FindOptions extends FrameOptions {
  /** The real path of the output folder, which is not searched. */
  readonly except: string
  /** The axis along which .npy files are cut into items. */
  readonly batchAxis?: number | undefined
  /** Whether a file of several tensors is one input. */
  readonly whole?: boolean
}

/**
 * All inputs, in the order of the arguments and sorted within each. In folders and patterns: files of a known format, at any
 * depth; names that begin with a point are skipped. Links to files are followed, links to folders are not.
 * @throws NOT_FOUND for an argument that is not there, or a folder or pattern that holds nothing to read; IO; OPTION for
 * a list that cannot be understood, or when a folder is `except` itself.
 */
export async function findInputs(sources: readonly string[], options: FindOptions): Promise<Input[]> {
  const inputs: Input[] = []
  for (const source of sources) {
    const before = inputs.length
    for await (const input of inputsOf(source, options)) inputs.push(input)
    if (inputs.length === before && !isList(source)) throw new WeftError('NOT_FOUND', nothingAt(source, options), { source })
  }
  return inputs
}

/** What names its inputs may name none, as `weft failed` does where nothing failed. */
function isList(source: string): boolean {
  if (source === '-') return true
  return existsSync(source) ? isManifest(source) && statSync(source).isFile() : source.startsWith('@')
}

function isManifest(path: string): boolean {
  return /\.(csv|jsonl)$/i.test(path)
}

function nothingAt(source: string, { range = {} }: FindOptions): string {
  const chosen = Object.entries(range).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]))
  const frames = chosen.length === 0 ? '' : `, nor a frame by ${chosen.join(' ')}`
  if (!existsSync(source)) return `no picture and no tensor that weft reads matches ${source}${frames}`
  return `${source} holds no picture and no tensor that weft reads${frames}`
}

async function* inputsOf(source: string, options: FindOptions): AsyncGenerator<Input> {
  if (source === '-') return yield* listed(await readList('-'), '.', options)
  if (existsSync(source)) {
    if ((await stat(source)).isDirectory()) return yield* inFolder(source, options)
    if (isManifest(source)) return yield* listed(await readManifest(source), dirname(source), options)
    return yield* atAddress(source, undefined, options)
  }
  if (source.startsWith('@')) return yield* listed(await readList(source.slice(1)), '.', options)
  if (isPattern(source)) return yield* matching(source, options)
  yield* atAddress(source, undefined, options)
}

/** One that is not there fails as an item: the others of the list are done. */
async function* listed(list: readonly Listed[], folder: string, options: FindOptions): AsyncGenerator<Input> {
  for (const { path, id } of list) {
    const full = isAbsolute(path) ? path : join(folder, path)
    const below = normalize(path)
    const name = isAbsolute(path) || below.startsWith('..') ? basename(path) : below
    try {
      yield* atAddress(full, id ?? name, options, id !== undefined)
    } catch (error) {
      if (!(error instanceof WeftError) || error.code === 'OPTION') throw error
      yield { path: full, real: full, id: id ?? name, picture: isPicture(full), problem: error }
    }
  }
}

/** A file, or a part of it: `w.safetensors:conv1.weight`, `stack.tif#3`. With an id of its own it is one item. */
async function* atAddress(source: string, id: string | undefined, options: FindOptions, own = false): AsyncGenerator<Input> {
  const { path, part } = existsSync(source) ? { path: source, part: undefined } : takenApart(source, options)
  await stat(path).catch((cause: unknown) => {
    throw new WeftError('NOT_FOUND', `the input ${path} is not there`, { path }, { cause })
  })
  const [name, folder] = [basename(path), await realpath(dirname(path))]
  const input: Input = { path, real: join(folder, name), id: id ?? name + suffixOf(part), picture: isPicture(path) }
  if (part !== undefined) yield { ...input, part }
  else if (own) yield input
  else yield* withParts(input, options)
}

function takenApart(source: string, { batchAxis = 0 }: FindOptions): { path: string; part: Part | undefined } {
  const { path, entry } = parseAddress(source)
  if (entry !== undefined) return { path, part: { kind: 'entry', name: entry } }
  const { file, index } = numbered(source) ?? {}
  if (file === undefined || index === undefined) return { path: source, part: undefined }
  if (/\.npy$/i.test(file)) return { path: file, part: { kind: 'slice', axis: batchAxis, index } }
  return { path: file, part: { kind: isVideo(file) ? 'frame' : 'page', index } }
}

async function* withParts(input: Input, options: FindOptions): AsyncGenerator<Input> {
  if (options.whole) return yield input
  if (isVideo(input.path)) return yield* framesOf(input, options)
  const parts = await partsOf(input.path, options.batchAxis)
  if (parts === undefined) yield input
  else for (const part of parts) yield { ...input, part, id: input.id + suffixOf(part) }
}

async function* inFolder(path: string, options: FindOptions): AsyncGenerator<Input> {
  const real = await realpath(path)
  if (real === options.except) {
    throw new WeftError('OPTION', `${path} is an input and the output folder; write the results to another folder`, { path })
  }
  // The folder itself must be readable; one below it that is not fails as an item.
  await readdir(path).catch((cause: unknown) => {
    throw new WeftError('IO', `cannot read the folder ${path}: ${String(cause)}`, { path }, { cause })
  })
  yield* search({ path, real }, '', options)
}

async function* search(root: Pick<Input, 'path' | 'real'>, below: string, options: FindOptions): AsyncGenerator<Input> {
  const folder = join(root.path, below)
  let names: Dirent[]
  try {
    names = await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    const problem = new WeftError(
      'IO',
      `cannot read the folder ${folder}: ${(cause as Error).message}`,
      { path: folder },
      { cause },
    )
    yield { path: folder, real: join(root.real, below), id: below, picture: false, problem }
    return
  }
  names.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const name of names) {
    if (name.name.startsWith('.')) continue
    const [path, id] = [join(folder, name.name), join(below, name.name)]
    if (name.isDirectory()) {
      if ((await realpath(path)) !== options.except) yield* search(root, id, options)
    } else if (isInput(name.name) && (await isFile(path, name))) {
      yield* withParts({ path, real: join(root.real, id), id, picture: isPicture(path) }, options)
    }
  }
}

async function* matching(pattern: string, options: FindOptions): AsyncGenerator<Input> {
  for (const { path, below } of await matches(pattern)) {
    if (!isInput(below)) continue
    const [folder, kind] = [await realpath(dirname(path)), await stat(path).catch(() => null)]
    if (kind?.isDirectory() || `${folder}/`.startsWith(`${options.except}/`)) continue
    yield* withParts({ path, real: join(folder, basename(path)), id: below, picture: isPicture(path) }, options)
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
