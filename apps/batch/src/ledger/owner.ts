// Who works in a folder: one process at a time, and none that is dead keeps the others out.
import { link, readdir, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { WeftError } from '@weft/core'
import { isRunning, type ProcessMark, thisProcess } from './process.ts'

export interface Owner extends ProcessMark {
  /** Whether it ended in order. */
  readonly left?: boolean
}

const TEMPORARY = '.owner-tmp'
const BEAT_MS = 5_000
/** Of another machine only the beat is seen; clocks may differ, and a disk may be slow. */
const SILENT_MS = 90_000

interface Place {
  readonly folder: string
  readonly name: string
  readonly output: string
  readonly n: number
}

/**
 * Files `<name>.<n>.owner`; who made the one with the highest n owns. It is made whole, by a link that fails when it exists,
 * and the highest is never removed: of several that find the owner dead only one makes n + 1, however long each takes.
 */
export class Ownership implements AsyncDisposable {
  /** Whether the owner before was only silent, on another machine: it may wake, and go on in what it has open. */
  readonly mayWake: boolean
  readonly #place: Place
  readonly #path: string
  readonly #owner: Owner
  readonly #beat: NodeJS.Timeout

  private constructor(place: Place, owner: Owner, mayWake: boolean) {
    const path = fileOf(place.folder, place.name, place.n)
    this.mayWake = mayWake
    this.#place = place
    this.#path = path
    this.#owner = owner
    this.#beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), BEAT_MS)
    this.#beat.unref()
  }

  /** `output` is what messages call it. @throws BUSY while another process owns it, IO */
  static async take(folder: string, name: string, output = folder): Promise<Ownership> {
    const owner = await thisProcess()
    const temporary = join(folder, `${name}.${owner.pid}-${owner.began}${TEMPORARY}`)
    try {
      for (;;) {
        await writeFile(temporary, JSON.stringify(owner), { flush: true })
        const last = await highest(folder, name)
        const mayWake = last > 0 && (await expectDead(fileOf(folder, name, last), output)) === 'silent'
        const path = fileOf(folder, name, last + 1)
        const made = await link(temporary, path).then(
          () => true,
          (error: NodeJS.ErrnoException) => {
            // Made by another process meanwhile; or ours was taken for one that a dead process left, by another machine.
            if (error.code === 'EEXIST' || error.code === 'ENOENT') return false
            throw error
          },
        )
        if (!made) continue
        if ((await highest(folder, name)) === last + 1) {
          await clear(folder, name, last + 1)
          return new Ownership({ folder, name, output, n: last + 1 }, owner, mayWake)
        }
        // The list was old: others had gone past it and removed what lay between.
        await unlink(path)
      }
    } finally {
      await unlink(temporary).catch(() => {})
    }
  }

  /** @throws BUSY when another process took this one for dead, and owns it now */
  async expectOwned(): Promise<void> {
    const { folder, name, output, n } = this.#place
    if ((await highest(folder, name)) <= n) return
    throw new WeftError('BUSY', `another process took over ${output} while this one was silent; it goes on there`, {})
  }

  /** Says that it ended. Who is killed instead says so by being dead. */
  async leave(): Promise<void> {
    clearInterval(this.#beat)
    await writeFile(this.#path, JSON.stringify({ ...this.#owner, left: true })).catch(() => {})
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave()
  }
}

/** Who owns it now, null when nobody that lives does. */
export async function ownerOf(folder: string, name: string): Promise<Owner | null> {
  const last = await highest(folder, name)
  const owner = last === 0 ? 'dead' : await livingOwner(fileOf(folder, name, last))
  return typeof owner === 'string' ? null : owner
}

async function expectDead(path: string, output: string): Promise<'dead' | 'silent'> {
  const owner = await livingOwner(path)
  if (typeof owner === 'string') return owner
  const who = `process ${owner.pid}${owner.host === hostname() ? '' : ` on ${owner.host}`}`
  throw new WeftError('BUSY', `${who} is at work in ${output}; wait for it, or write to another folder`, { pid: owner.pid })
}

/** Dead is certain, or it left; of one on another machine nothing was heard, and that is all that is known. */
async function livingOwner(path: string): Promise<Owner | 'dead' | 'silent'> {
  const owner = await readFile(path, 'utf8').then(parse, () => null)
  if (owner === null || owner.left === true) return 'dead'
  const here = await thisProcess()
  if (owner.host !== here.host) {
    const beat = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    )
    return Date.now() - beat < SILENT_MS ? owner : 'silent'
  }
  if (owner.boot !== here.boot) return 'dead'
  return (await isRunning(owner)) ? owner : 'dead'
}

function parse(text: string): Owner | null {
  try {
    const owner = JSON.parse(text)
    return typeof owner?.host === 'string' ? owner : null
  } catch {
    return null
  }
}

function fileOf(folder: string, name: string, n: number): string {
  return join(folder, `${name}.${n}.owner`)
}

async function numbers(folder: string, name: string): Promise<number[]> {
  const files = await readdir(folder).catch(() => [])
  const [head, tail] = [`${name}.`, '.owner']
  return files
    .filter((file) => file.startsWith(head) && file.endsWith(tail))
    .map((file) => Number(file.slice(head.length, -tail.length)))
    .filter((n) => Number.isSafeInteger(n) && n > 0)
}

async function highest(folder: string, name: string): Promise<number> {
  return Math.max(0, ...(await numbers(folder, name)))
}

/** Removes the files of former owners, and what those left that died while they took it. */
async function clear(folder: string, name: string, current: number): Promise<void> {
  for (const n of await numbers(folder, name)) if (n < current) await unlink(fileOf(folder, name, n)).catch(() => {})
  for (const file of await readdir(folder)) {
    if (!file.startsWith(`${name}.`) || !file.endsWith(TEMPORARY)) continue
    const [pid, began] = file.slice(name.length + 1, -TEMPORARY.length).split('-')
    if (!(await isRunning({ pid: Number(pid), began }))) await unlink(join(folder, file)).catch(() => {})
  }
}
