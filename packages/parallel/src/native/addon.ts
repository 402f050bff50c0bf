// Loading the native object: the only caller of process.dlopen.
import { constants } from 'node:os'
import { nativeObject, WeftError } from '@weft/core'
import type { KeptCode } from './kept-code.ts'
import { candidateFolders, clearStale, type PrivateFile, writePrivateFile } from './private-file.ts'

/** The entry points of the object; see core's isa/x64/stub.ts. Addresses are whole numbers below 2^47. */
export interface Addon {
  cpuid(leaf: number, subleaf: number, register: number): number
  xgetbv(): number
  permitTiles(): number
  address(view: Uint8Array): number
  /** The address of executable pages with a copy of the bytes, or the negative of an errno. */
  place(bytes: Uint8Array): number
  release(address: number, bytes: number): number
  /** Asks for huge pages at addresses of the arena: advice, whose refusal (the negative of an errno) costs speed alone. */
  enlarge(address: number, bytes: number): number
  bind(address: number): (args: number) => void
}

/** Loads the object from a file that a thread of this process has written. Once a thread and file. */
export function loadAddon(path: string): Addon {
  const target = { exports: {} }
  process.dlopen(target, path, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_LOCAL)
  return target.exports as Addon
}

/** Whether machine code could run here at all, before anything is written. */
export function whyNoAddon(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `machine code is written for Linux on x86-64 so far; this is ${process.platform} on ${process.arch}`
  }
  if (process.permission !== undefined && !process.permission.has('addon' as 'fs')) {
    return "Node's permission model forbids addons; start it with --allow-addons"
  }
  return null
}

/** Writes the object where it can be loaded from, and loads it. The caller removes the file when all its threads have. @throws TIER */
export function installAddon(kept: KeptCode | null): { addon: Addon; file: PrivateFile } {
  const bytes = kept?.piece('native object', nativeObject) ?? nativeObject()
  const refusals: string[] = []
  for (const folder of candidateFolders()) {
    clearStale(folder)
    let file: PrivateFile | undefined
    try {
      file = writePrivateFile(folder, bytes)
      return { addon: loadAddon(file.path), file }
    } catch (error) {
      file?.remove()
      refusals.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new WeftError('TIER', `no folder to load machine code from (${refusals.join('; ')})`)
}
