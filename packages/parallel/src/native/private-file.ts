// A file for the loader and nobody else: in a fresh private folder, never open to writing, gone as soon as it is loaded.
import { randomBytes } from 'node:crypto'
import { closeSync, lstatSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'weft-native-'
/** The names that mkdtemp makes of it: the process, then six letters. */
const OURS = /^weft-native-(\d{1,10})-[A-Za-z0-9]{6}$/
/** A folder that is older than this, whose process is gone, was left by a crash. */
const STALE_MS = 60_000

/** Folders to try in turn: one may be read-only or mounted noexec. */
export function candidateFolders(): string[] {
  const folders = [tmpdir(), process.env.XDG_RUNTIME_DIR, '/dev/shm', '/var/tmp', join(homedir(), '.cache')]
  return [...new Set(folders.filter((folder): folder is string => folder !== undefined && folder !== ''))]
}

export interface PrivateFile {
  readonly path: string
  /** Removes file and folder. What has been loaded stays loaded. */
  remove(): void
}

/** Writes the bytes to a new file (0500) in a new folder (0700) below `parent`. Throws what the file system says. */
export function writePrivateFile(parent: string, bytes: Uint8Array): PrivateFile {
  const folder = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const path = join(folder, `${randomBytes(8).toString('hex')}.node`)
    // Nobody may write to it by its name; this one handle may.
    const file = openSync(path, 'wx', 0o500)
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    } finally {
      closeSync(file)
    }
    return { path, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** Removes what crashed processes of the same user left in a folder. Never throws: others may be doing the same. */
export function clearStale(parent: string, now = Date.now()): void {
  let names: string[]
  try {
    names = readdirSync(parent).filter((name) => OURS.test(name))
  } catch {
    return // A folder that cannot be read holds nothing of ours.
  }
  for (const name of names) {
    const pid = Number(OURS.exec(name)?.[1])
    try {
      const folder = lstatSync(join(parent, name))
      const ours = folder.isDirectory() && folder.uid === process.getuid?.()
      if (ours && now - folder.mtimeMs > STALE_MS && !isAlive(pid)) rmSync(join(parent, name), { recursive: true, force: true })
    } catch {
      // Gone already: another process was faster.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
