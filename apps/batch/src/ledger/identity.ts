// The identity of a run: everything that its results depend on beside the inputs, and its hash.
import { createHash } from 'node:crypto'
import { WeftError } from '@weft/core'
import type { Plain } from '../work.ts'
import type { RunRecord } from './records.ts'

export type Identity = Pick<RunRecord, 'identity' | 'of'>

/** Longer values are left out, and what is beyond so many differences is counted. */
const SHOWN = 40
const NAMED = 5

/** What follows from another key: where that differs, it alone is told. */
const FOLLOWING: Readonly<Record<string, readonly string[]>> = { kernel: ['filters', 'scale', 'offset'] }

/** The order of the keys does not count. */
export function identityOf(of: Readonly<Record<string, Plain>>): Identity {
  return {
    identity: createHash('sha256')
      .update(JSON.stringify(sorted(of)))
      .digest('hex'),
    of,
  }
}

/** @throws OPTION when a folder was begun with another identity, with what differs. */
export function expectSame(before: Identity, now: Identity, folder: string): void {
  if (before.identity === now.identity) return
  const list = differences(before.of, now.of).join('; ')
  const both = `${before.identity.slice(0, 12)} there, ${now.identity.slice(0, 12)} now`
  throw new WeftError(
    'OPTION',
    `${folder} holds the results of another job (${both}: ${list}); write to another folder, or give --restart to begin anew`,
    { before: before.identity, now: now.identity },
  )
}

function differences(before: Identity['of'], now: Identity['of']): string[] {
  if (before.command !== now.command) return [difference('command', before.command, now.command)]
  const [a, b] = [new Map(leaves(before)), new Map(leaves(now))]
  const keys = [...new Set([...a.keys(), ...b.keys()])].filter((key) => show(a.get(key)) !== show(b.get(key)))
  const following = new Set(keys.flatMap((key) => FOLLOWING[key] ?? []))
  const told = keys.filter((key) => !following.has(key)).map((key) => difference(key, a.get(key), b.get(key)))
  return told.length <= NAMED ? told : [...told.slice(0, NAMED), `and ${told.length - NAMED} more`]
}

function difference(key: string, before: Plain | undefined, now: Plain | undefined): string {
  const [was, is] = [before, now].map(brief)
  return was === null || is === null ? `${key} differs` : `${key} was ${was} and is ${is}`
}

/** What is at the end of each path of keys, so that one option among many is named by itself. */
function leaves(value: Plain, path = ''): [string, Plain][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]]
  return Object.entries(value).flatMap(([key, one]) => leaves(one, path === '' ? key : `${path}.${key}`))
}

function show(value: Plain | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(sorted(value))
}

/** A value to be told: hashes by their beginning, matrices not at all. */
function brief(value: Plain | undefined): string | null {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value.slice(0, 12)
  const text = show(value)
  return text.length <= SHOWN ? text : null
}

function sorted(value: Plain): Plain {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(entries.map(([key, one]): [string, Plain] => [key, sorted(one)]).sort(([a], [b]) => (a < b ? -1 : 1)))
}
