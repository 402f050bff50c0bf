// Machine code that is kept from start to start, so that it is not encoded anew: a file in a folder of the user's own.
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'

const FILE = 'machine-code'
const DIGEST_BYTES = 32
/** Bytes of all pieces; past them only what this process asked for is kept. */
const MOST_BYTES = 2 ** 24
/** Of a file, with names and lengths. */
const MOST_FILE_BYTES = 2 * MOST_BYTES

export class KeptCode {
  readonly #path: string
  /** What wrote the code. */
  readonly #writer: string
  readonly #known: Map<string, Uint8Array>
  readonly #used = new Map<string, Uint8Array>()
  #fresh = false

  constructor(folder: string, writer: string) {
    this.#path = join(folder, FILE)
    this.#writer = writer
    this.#known = this.#read()
  }

  /** null where nothing is kept: core's sources may change from start to start. */
  static open(folder: string | undefined): KeptCode | null {
    const writer = folder === undefined ? null : digestOfCore()
    return folder === undefined || writer === null ? null : new KeptCode(folder, writer)
  }

  /** The piece of a name, which says all that it depends on but the version of weft; made where there is none. */
  piece(name: string, make: () => Uint8Array): Uint8Array {
    const known = this.#known.get(name)
    const piece = known ?? make()
    this.#used.set(name, piece)
    this.#fresh ||= known === undefined
    return piece
  }

  /** Writes what is new, beside what other processes wrote meanwhile. A start needs no such file, so that one that cannot be written is none. */
  save(): void {
    if (!this.#fresh) return
    this.#fresh = false
    const all = new Map([...this.#read(), ...this.#used])
    const bytes = [...all.values()].reduce((sum, { length }) => sum + length, 0)
    const body = serialize(bytes > MOST_BYTES ? this.#used : all)
    const temporary = `${this.#path}-${process.pid}`
    try {
      writeFileSync(temporary, Buffer.concat([this.#digestOf(body), body]), { mode: 0o600, flag: 'wx' })
      renameSync(temporary, this.#path)
    } catch {
      rmSync(temporary, { force: true })
    }
  }

  /** Nothing where there is no file, or one that is damaged, of another writer, or not the user's alone to write: what it says is run. */
  #read(): Map<string, Uint8Array> {
    try {
      const file = readOwn(this.#path)
      const body = file.subarray(DIGEST_BYTES)
      if (this.#digestOf(body).equals(file.subarray(0, DIGEST_BYTES))) return deserialize(body) as Map<string, Uint8Array>
    } catch {
      // It is written at the end.
    }
    return new Map()
  }

  #digestOf(body: Uint8Array): Buffer {
    return createHash('sha256').update(this.#writer).update(body).digest()
  }
}

/** @throws where it is no file that only the user writes, or too long */
function readOwn(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const found = fstatSync(file)
    const own = found.isFile() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
    if (!own || found.size > MOST_FILE_BYTES) throw new Error(`${path} is not to be run`)
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

/** Of the module that encodes the code, where it is one file. */
function digestOfCore(): string | null {
  const url = import.meta.resolve('@weft/core')
  return url.endsWith('.js')
    ? createHash('sha256')
        .update(readFileSync(fileURLToPath(url)))
        .digest('hex')
    : null
}
