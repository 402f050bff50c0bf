// The folder that all machines share: paths in the queue are below it, wherever a machine has it.
import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { WeftError } from '@weft/core'
import { parseAddress } from '@weft/io'
import { realFolder } from '../target.ts'

export class SharedFolder {
  /** As the user wrote it. */
  readonly path: string
  readonly #real: string

  private constructor(path: string, real: string) {
    this.path = path
    this.#real = real
  }

  /** @throws NOT_FOUND */
  static async at(path: string): Promise<SharedFolder> {
    const real = await realpath(path).catch((cause: unknown) => {
      throw new WeftError('NOT_FOUND', `the shared folder ${path} is not there`, { path }, { cause })
    })
    return new SharedFolder(path, real)
  }

  /** The path of a file, or of an entry of it, as it is put on the queue. @throws OPTION when it is elsewhere */
  async toQueue(path: string): Promise<string> {
    const named = join(await realFolder(dirname(path)), basename(path))
    if (!this.#holds(named) || !this.#holds(await realAddress(path))) {
      const remedy = 'put it there, or name a folder that holds everything by --folder'
      throw new WeftError('OPTION', `${path} is not in the shared folder ${resolve(this.path)}; ${remedy}`, { path })
    }
    return relative(this.#real, named).split(sep).join('/') || '.'
  }

  /** Where a path of the queue is here. @throws OPTION when it, or what a link makes of it, leads out of the folder */
  async fromQueue(path: string): Promise<string> {
    const inside = !isAbsolute(path) && !path.includes('\0') && !path.split(/[\\/]/).includes('..')
    const full = join(this.#real, path)
    if (inside && this.#holds(await realAddress(full))) return full
    throw new WeftError('OPTION', `the job has a path that leads out of the shared folder: ${JSON.stringify(path)}`, { path })
  }

  #holds(real: string): boolean {
    return real === this.#real || real.startsWith(this.#real.endsWith(sep) ? this.#real : this.#real + sep)
  }
}

/** The file of an address, with every link followed; one that is not there yet is where it will be. */
function realAddress(address: string): Promise<string> {
  return realFolder(parseAddress(address).path)
}
