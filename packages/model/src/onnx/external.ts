// Data of tensors in files beside the model, never outside of its folder.
import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, sep } from 'node:path'
import { WeftError } from '@weft/core'

type Entries = readonly { readonly key: string; readonly value: string }[]

export interface ExternalData {
  /** Whether the bytes of the model's own file are nobody else's: tensors may lie in them. Those that `read` gives always are. */
  readonly owned: boolean
  /** `bytes` bytes, at the place that the entries name. @throws MODEL, NOT_FOUND, FORMAT or IO */
  read(entries: Entries, bytes: number, where: string): Uint8Array
}

/** For a model that was given as bytes. */
export const noExternalData: ExternalData = {
  owned: false,
  read(_, __, where) {
    throw new WeftError('MODEL', `${where} lies in a file beside the model; load the model by its path`)
  },
}

export function externalDataBeside(modelPath: string): ExternalData {
  return {
    owned: true,
    read(entries, bytes, where) {
      const path = inside(dirname(modelPath), entry(entries, 'location') ?? '', where)
      const offset = wholeNumber(entry(entries, 'offset') ?? '0', where)
      const length = wholeNumber(entry(entries, 'length') ?? String(bytes), where)
      if (length !== bytes)
        throw new WeftError('FORMAT', `${where} has ${length} bytes of external data; its shape needs ${bytes}`)
      return readPart(path, offset, bytes, where)
    },
  }
}

function entry(entries: Entries, key: string): string | undefined {
  return entries.find((each) => each.key === key)?.value
}

function wholeNumber(text: string, where: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(value)) throw new WeftError('FORMAT', `${where} has external data at '${text}', which is no whole number`)
  return value
}

/** Where the location leads when every link is followed: that too must be inside of the folder. */
function inside(folder: string, location: string, where: string): string {
  const refused = new WeftError('MODEL', `${where} has its data at '${location}'; only files in the model's folder are read`)
  if (location === '' || isAbsolute(location) || location.includes('\0') || location.split(/[\\/]/).includes('..')) throw refused
  let path: string
  let root: string
  try {
    root = realpathSync(folder)
    path = realpathSync(join(folder, location))
  } catch (cause) {
    throw new WeftError('NOT_FOUND', `${where} has its data in ${join(folder, location)}, which is not there`, {}, { cause })
  }
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) throw refused
  return path
}

function readPart(path: string, offset: number, bytes: number, where: string): Uint8Array {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const stat = fstatSync(file)
    if (!stat.isFile() || offset + bytes > stat.size) {
      throw new WeftError('FORMAT', `${where} needs bytes ${offset} to ${offset + bytes} of ${path}, which has ${stat.size}`)
    }
    const part = new Uint8Array(bytes)
    for (let done = 0; done < bytes; ) {
      const read = readSync(file, part, done, Math.min(bytes - done, 2 ** 30), offset + done)
      if (read === 0) throw new WeftError('FORMAT', `${path} ends before byte ${offset + bytes}, which ${where} needs`)
      done += read
    }
    return part
  } catch (error) {
    if (error instanceof WeftError) throw error
    throw new WeftError('IO', `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`, { path })
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
