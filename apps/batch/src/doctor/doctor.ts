// `weft doctor`: everything that weft stands on, looked at; as text or as a line of JSON.
import { ffmpegVersion } from '@weft/io'
import { chooseTier } from '@weft/parallel'
import type { DoctorFlags } from '../flag-types.ts'
import { coloursFor, table } from '../text.ts'
import { grantOf } from './cgroup.ts'
import type { Finding } from './finding.ts'
import { coresFinding, memoryFinding, nodeFinding, processors } from './machine.ts'
import { queueFinding } from './queue.ts'
import { selfTest } from './self-test.ts'

/** Looks at one thing after the other: the self-test wants the cores to itself. */
export async function examine({ queue }: Pick<DoctorFlags, 'queue'>): Promise<Finding[]> {
  const grant = grantOf()
  return [
    nodeFinding(),
    coresFinding(processors(), grant),
    memoryFinding(grant),
    await attempted('tier', tierFinding),
    await attempted('ffmpeg', ffmpegFinding),
    ...(queue === undefined ? [] : [await attempted('queue', () => queueFinding(queue))]),
    await attempted('kernels', () => selfTest()),
  ]
}

/** What cannot even be looked at is ill. */
async function attempted(name: string, look: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await look()
  } catch (error) {
    return { name, state: 'ill', words: [error instanceof Error ? error.message : String(error)], facts: {} }
  }
}

function tierFinding(): Finding {
  const { tier, why } = chooseTier(undefined)
  // The last one is in force; those before it are faster, and refused.
  const words = [`${tier} is in force (${why.at(-1)})`, ...why.slice(0, -1).map((line) => `not ${line}`)]
  return { name: 'tier', state: 'well', words, facts: { tier, why } }
}

async function ffmpegFinding(): Promise<Finding> {
  try {
    const version = await ffmpegVersion()
    return { name: 'ffmpeg', state: 'well', words: [`ffmpeg ${version}: videos can be read`], facts: { version } }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { name: 'ffmpeg', state: 'note', words: [message], facts: { version: null } }
  }
}

export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== 'ill')
}

export function findingsLine(findings: readonly Finding[]): string {
  return JSON.stringify({ well: isWell(findings), findings })
}

/** A block a finding, and what it comes to. */
export function findingsText(findings: readonly Finding[]): string {
  const { green, yellow, red } = coloursFor(process.stdout)
  const colour = { well: green, note: yellow, ill: red }
  const width = Math.max(...findings.map(({ name }) => name.length))
  const rows = findings.flatMap(({ name, state, words }) =>
    words.map((sentence, index): [string, string] => [index > 0 ? '' : `${state.padEnd(6)}${name.padEnd(width)}`, sentence]),
  )
  const ill = findings.filter(({ state }) => state === 'ill').map(({ name }) => name)
  const sum = ill.length === 0 ? 'weft is well here' : `weft is not well here: ${ill.join(', ')}`
  return `${table(rows, undefined, 0)}\n${sum}`.replaceAll(/^(well|note|ill)(?= )/gm, (state) =>
    colour[state as Finding['state']](state),
  )
}
