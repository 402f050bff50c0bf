// The identity of a run: everything that its results depend on beside the inputs, and its hash.
import { createHash } from 'node:crypto'
import { WeftError } from '@weft/core'
import type { Plain } from '../work.ts'
import type { RunRecord } from './records.ts'

export type Identity = Pick<RunRecord, 'identity' | 'of'>

const SHOWN = 60

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
  const [a, b] = [new Map(leaves(before.of)), new Map(leaves(now.of))]
  const differing = [...new Set([...a.keys(), ...b.keys()])].filter((key) => show(a.get(key)) !== show(b.get(key)))
  const list = differing.map((key) => `${key} was ${brief(a.get(key))} and is ${brief(b.get(key))}`).join('; ')
  const both = `${before.identity.slice(0, 12)} there, ${now.identity.slice(0, 12)} now`
  throw new WeftError(
    'OPTION',
    `${folder} holds the results of another job (${both}: ${list}); write to another folder, or give --restart to begin anew`,
    { before: before.identity, now: now.identity },
  )
}

/** What is at the end of each path of keys, so that one option among many is named by itself. */
function leaves(value: Plain, path = ''): [string, Plain][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]]
  return Object.entries(value).flatMap(([key, one]) => leaves(one, path === '' ? key : `${path}.${key}`))
}

function show(value: Plain | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(sorted(value))
}

function brief(value: Plain | undefined): string {
  const text = show(value)
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}...`
}

function sorted(value: Plain): Plain {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(entries.map(([key, one]): [string, Plain] => [key, sorted(one)]).sort(([a], [b]) => (a < b ? -1 : 1)))
}
