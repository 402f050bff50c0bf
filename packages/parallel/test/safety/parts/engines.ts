// Engines opened and closed: what the process holds before and after, alone and in a crowd of threads.
import type { TierName } from '@weft/core'
import type { Holdings } from '../process-state.ts'
import { runChild } from '../spawn.ts'
import { failuresOf, type Outcome, repeat, unloaded } from './part.ts'

/** What a process may hold more at the end than after a quarter of its engines. */
const MORE = { megabytes: 25, mappings: 40, placed: 0, files: 0, threads: 0 } as const

/** V8 lets its young generation grow when many short-lived objects are made; that is not what is looked for. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=4']

export async function cycles(engines: number, threads = 2): Promise<Outcome> {
  const again = `engines --engines ${engines}`
  const config = { engines, threads, samples: Math.min(engines, 8) }
  const ended = await runChild('cycles', config, { flags: FLAGS, seconds: 60 + 5 * engines })
  const failures = failuresOf(ended, again)
  const samples = ended.lines as unknown as (Holdings & { round: number; tier: TierName })[]
  const [settled, last] = [samples[Math.ceil(samples.length / 4) - 1], samples[samples.length - 1]]
  if (last === undefined || settled === undefined) return { summary: '', failures }
  const grown = Object.keys(MORE) as (keyof Holdings)[]
  for (const what of grown.filter((name) => last[name] > settled[name] + MORE[name])) {
    failures.push(`${what}: ${settled[what]} after ${settled.round} engines, ${last[what]} after ${last.round}${repeat(again)}`)
  }
  const told = grown.map((what) => `${what} ${settled[what]} -> ${last[what]}`).join(', ')
  return { summary: `${last.round} engines on ${last.tier} (from the ${settled.round}th): ${told}`, failures }
}

interface Seen {
  readonly names: readonly string[]
  readonly rights: readonly string[]
  readonly handles: number
  readonly left: readonly string[]
  readonly placed: { readonly atFirst: number; readonly most: number; readonly atLast: number }
}

export async function object(tier: TierName, engines: number): Promise<Outcome> {
  const ended = await runChild('object', { tier, engines }, { seconds: 60 + 5 * engines })
  const nothing = unloaded(ended)
  if (nothing !== null) return nothing
  const failures = failuresOf(ended, `engines --tiers ${tier}`)
  if (failures.length > 0) return { summary: '', failures }
  const { names, rights, handles, left, placed } = ended.lines.at(-1) as unknown as Seen
  const expected: [boolean, string][] = [
    [names.length === 1, `the object is mapped from ${names.length} files: ${names.join(', ')}`],
    [names.every((name) => name.endsWith(' (deleted)')), `the file of the object is still there: ${names.join(', ')}`],
    [rights.join() === 'r--p,r-xp,r--p', `the object is mapped as ${rights.join(', ')}`],
    [handles === 1, `${handles} open files lead to the object`],
    [left.length === 0, `folders are left: ${left.join(', ')}`],
    [placed.most > placed.atFirst, 'an open engine has no executable pages: the count looks at the wrong ones'],
    [placed.atLast === placed.atFirst, `${placed.atFirst} executable areas before and ${placed.atLast} after ${engines} engines`],
  ]
  failures.push(...expected.filter(([right]) => !right).map(([, text]) => `${tier}: ${text}`))
  return {
    summary: `${tier}: ${engines} engines, the object mapped ${rights.join(' ')}, executable areas ${placed.atFirst} -> ${placed.most} -> ${placed.atLast}`,
    failures,
  }
}

export async function crowd(workers: number, threads: number): Promise<Outcome> {
  const ended = await runChild('crowd', { workers, threads })
  const who = workers > 0 ? `${workers} workers with an engine each` : `an engine of ${threads} threads`
  const failures = failuresOf(ended, 'engines')
  const last = ended.lines.at(-1) as unknown as
    | { results: { tier: string; why: string[]; wrong: string | null }[]; left: string[] }
    | undefined
  for (const { wrong } of last?.results ?? []) if (wrong !== null) failures.push(`${who}: ${wrong}`)
  const tiers = new Set(last?.results.map(({ tier }) => tier))
  if (tiers.size > 1) failures.push(`${who}: tiers ${[...tiers].join(', ')}: ${JSON.stringify(last?.results)}`)
  if ((last?.left.length ?? 0) > 0) failures.push(`${who}: folders are left: ${last?.left.join(', ')}`)
  return { summary: `${who}: right, on ${[...tiers].join(', ')}`, failures }
}

export async function heal(tier: TierName, rounds: number): Promise<Outcome> {
  const ended = await runChild('heal', { tier, rounds }, { seconds: 60 + 5 * rounds })
  const nothing = unloaded(ended)
  if (nothing !== null) return nothing
  const failures = failuresOf(ended, `engines --tiers ${tier}`)
  if (failures.length > 0) return { summary: '', failures }
  const { ends, placed, moved } = ended.lines.at(-1) as unknown as {
    ends: Record<string, number>
    placed: number
    moved: boolean
  }
  const strange = Object.keys(ends).filter((end) => !['done', 'ABORTED', 'WORKER'].includes(end))
  failures.push(...strange.map((end) => `${tier}: a run that was cut short ended with ${end}`))
  if (placed > 0) failures.push(`${tier}: ${placed} executable areas are left`)
  if (moved) failures.push(`${tier}: a memory moved when it grew`)
  const told = Object.entries(ends).map(([end, times]) => `${end} ${times}`)
  return { summary: `${tier}: ${rounds} runs cut short, ended with ${told.join(', ')}`, failures }
}
