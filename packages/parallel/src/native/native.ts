// The native object of this process: installed once, kept by an open file so that every later thread finds it.
import { closeSync, openSync } from 'node:fs'
import { type Features, featuresOf, TIERS, type TierName, type Verdict, verify, WeftError, Workspace } from '@weft/core'
import { type Addon, installAddon, loadAddon, whyNoAddon } from './addon.ts'
import { NativeBinder, NativeCompiler } from './code.ts'
import type { KeptCode } from './kept-code.ts'

export interface Native {
  readonly addon: Addon
  readonly features: Features
  /** Where other threads load it from: the file itself has no name any more. */
  readonly path: string
}

/** The object, or why there is none; found out once a process. */
let found: Native | string | undefined

export function native(kept: KeptCode | null = null): Native | string {
  found ??= install(kept)
  return found
}

function install(kept: KeptCode | null): Native | string {
  const reason = whyNoAddon()
  if (reason !== null) return reason
  try {
    const { addon, file } = installAddon(kept)
    try {
      const handle = openSync(file.path, 'r')
      const path = `/proc/self/fd/${handle}`
      try {
        // The loader knows a file that it has loaded by its identity, not by its name.
        loadAddon(path)
      } catch (error) {
        closeSync(handle)
        throw error
      }
      return { addon, features: featuresOf(addon), path }
    } finally {
      file.remove()
    }
  } catch (error) {
    return error instanceof WeftError ? error.message : `machine code could not be loaded: ${String(error)}`
  }
}

/** What has been found out in this process: a second engine needs no memory to try on. */
const verdicts = new Map<TierName, Verdict>()

/** Tries a tier of machine code with known answers, on a small memory of its own. */
export function verifyNative(tier: NativeTier, kept: KeptCode | null = null): Verdict {
  const refused = (reason: string): Verdict => ({ tier, trusted: false, reason })
  const here = native(kept)
  if (typeof here === 'string') return refused(here)
  if (!here.features[tier]) return refused(here.features.missing)
  const known = verdicts.get(tier)
  if (known !== undefined) return known
  try {
    const { workspace, close } = nativeWorkspace(here, tier, kept)
    try {
      const verdict = verify(tier, workspace)
      verdicts.set(tier, verdict)
      return verdict
    } finally {
      close()
    }
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error))
  }
}

/** A workspace and what gives its executable pages back. */
export interface OpenWorkspace {
  readonly workspace: Workspace
  close(): void
}

export function nativeWorkspace({ addon }: Native, tier: NativeTier, kept: KeptCode | null = null): OpenWorkspace {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true })
  const compiler = new NativeCompiler(addon, TIERS[tier], memory, kept)
  return { workspace: new Workspace(tier, memory, compiler, new NativeBinder(addon)), close: () => compiler.close() }
}

export type NativeTier = 'avx2' | 'avx512' | 'amx'

export function isNative(tier: TierName): tier is NativeTier {
  return TIERS[tier].kind === 'native'
}
