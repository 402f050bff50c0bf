// Falling back: engines opened where machine code cannot be had, or not everything, must say why and be right.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NATIVE_TIERS } from '../here.ts'
import type { Mount, Situation } from '../situation.ts'
import { runChild } from '../spawn.ts'
import { failuresOf, type Outcome } from './part.ts'

export async function fallback(situation: Situation): Promise<Outcome> {
  const { name, mounts = [], expect } = situation
  const missing = expect.needs?.filter((tier) => !NATIVE_TIERS.includes(tier)) ?? []
  if (missing.length > 0) return { summary: '', failures: [], skipped: `this processor has no ${missing.join(', ')}` }
  if (mounts.length > 0 && !canMount()) {
    return { summary: '', failures: [], skipped: 'this process may not mount anything (unshare -m is refused)' }
  }
  // A mount hides what lies below: Node and these sources must not.
  const hidden = mounts.find(({ on }) => [process.execPath, import.meta.dirname].some((path) => path.startsWith(`${on}/`)))
  if (hidden !== undefined) return { summary: '', failures: [], skipped: `Node or these sources lie below ${hidden.on}` }
  const folder = mkdtempSync(join(tmpdir(), 'weft safety \u00fc-'))
  try {
    const env = Object.fromEntries(
      Object.entries(situation.env ?? {}).map(([key, value]) => [key, value?.replace('FOLDER', folder)]),
    )
    const through = mounts.length === 0 ? [] : mounting(mounts, folder)
    const ended = await runChild('open', situation.config ?? {}, { flags: situation.flags ?? [], env, through })
    const failures = failuresOf(ended, 'fallback').map((text) => `${name}: ${text}`)
    const last = ended.lines.at(-1) ?? {}
    failures.push(...differences(last, expect).map((text) => `${name}: ${text}\n  ${JSON.stringify(last)}`))
    return { summary: `${name}: ${last.tier ?? `${last.error}`}`, failures }
  } finally {
    rmdirSync(folder)
  }
}

function differences(line: Readonly<Record<string, unknown>>, expect: Situation['expect']): string[] {
  const why = line.error === undefined ? (line.why as string[] | undefined)?.join('\n') : `${line.error}: ${line.message}`
  const tier = line.tier as string | undefined
  return [
    ...('tier' in expect && !new RegExp(`^(${expect.tier})$`).test(tier ?? '')
      ? [`the tier is ${tier}, not ${expect.tier}`]
      : []),
    ...(expect.error !== undefined && line.error !== expect.error ? [`the error is ${line.error}, not ${expect.error}`] : []),
    ...expect.why.filter((pattern) => !pattern.test(why ?? '')).map((pattern) => `the reasons lack ${pattern}`),
    ...(expect.refused !== undefined && !expect.refused.test(String(line.refused)) ? [`a layer gives ${line.refused}`] : []),
    ...(line.error === undefined && line.wrong !== null ? [`results are wrong: ${line.wrong}`] : []),
    ...((line.left as string[] | undefined)?.map((left) => `${left} is left`) ?? []),
  ]
}

/** Runs what follows where these folders are other ones, for it alone. */
function mounting(mounts: readonly Mount[], folder: string): string[] {
  const commands = mounts.map(({ on, how }) => `mount -t tmpfs -o ${how} none '${on.replace('FOLDER', folder)}'`)
  return ['unshare', '-m', '--propagation', 'private', 'sh', '-c', `${commands.join(' && ')} && exec "$@"`, 'sh']
}

let mountable: boolean | undefined
function canMount(): boolean {
  mountable ??=
    spawnSync('unshare', ['-m', '--propagation', 'private', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' })
      .status === 0
  return mountable
}
