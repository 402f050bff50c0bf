// Measured times in memory and as the text of a file, which is believed in nothing before it was looked at.
import { type Setting, sameSetting } from './key.ts'

/** Median microseconds of a run by kernel. */
export type KernelTimes = ReadonlyMap<string, number>
/** Those of each convolution, by its key. */
export type LayerTimes = ReadonlyMap<string, KernelTimes>

export interface Section {
  readonly setting: Setting
  readonly layers: LayerTimes
}

const [TOOL, FORMAT] = ['weft tuning', 1]
/** Characters of a name or key, and entries of a list, at most. */
const [MOST_TEXT, MOST_ENTRIES] = [1000, 100_000]

/** The sections with `added` put in: its layers take the place of what was known of them; what other versions measured is left out. */
export function merged(sections: readonly Section[], added: Section): Section[] {
  const same = sections.find(({ setting }) => sameSetting(setting, added.setting))
  const others = sections.filter((section) => section !== same && section.setting.version === added.setting.version)
  return [...others, { setting: added.setting, layers: new Map([...(same?.layers ?? []), ...added.layers]) }]
}

export function formatSections(sections: readonly Section[]): string {
  const plain = sections.map(({ setting, layers }) => ({
    setting,
    layers: [...layers].map(([layer, times]) => ({ layer, micros: Object.fromEntries(times) })),
  }))
  return `${JSON.stringify({ tool: TOOL, format: FORMAT, sections: plain }, null, 1)}\n`
}

/** @returns the sections, or in a sentence why the text is none of ours. */
export function parseSections(text: string): readonly Section[] | string {
  try {
    const file = fieldsOf(JSON.parse(text), 'the file')
    if (file.tool !== TOOL || file.format !== FORMAT) return `it is not a tuning file of format ${FORMAT}`
    return listOf(file.sections, 'sections').map(sectionOf)
  } catch (error) {
    if (error instanceof SyntaxError) return 'it is not JSON'
    if (error instanceof Unexpected) return error.message
    throw error
  }
}

class Unexpected extends Error {}

function sectionOf(value: unknown): Section {
  const { setting, layers } = fieldsOf(value, 'a section')
  const { cpu, cores, threads, tier, version } = fieldsOf(setting, 'a setting')
  return {
    setting: {
      cpu: textOf(cpu, 'cpu'),
      cores: countOf(cores, 'cores'),
      threads: countOf(threads, 'threads'),
      // One that is unknown is never the same as ours.
      tier: textOf(tier, 'tier') as Setting['tier'],
      version: textOf(version, 'version'),
    },
    layers: new Map(listOf(layers, 'layers').map(layerOf)),
  }
}

function layerOf(value: unknown): [string, KernelTimes] {
  const { layer, micros } = fieldsOf(value, 'a layer')
  const times = Object.entries(fieldsOf(micros, 'micros'))
  return [textOf(layer, 'layer'), new Map(times.map(([kernel, time]) => [textOf(kernel, 'a kernel'), timeOf(time)]))]
}

function fieldsOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unexpected(`${what} is not an object`)
  return value as Record<string, unknown>
}

function listOf(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new Unexpected(`${what} is not a list`)
  if (value.length > MOST_ENTRIES) throw new Unexpected(`${what} has ${value.length} entries, more than ${MOST_ENTRIES}`)
  return value
}

function textOf(value: unknown, what: string): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= MOST_TEXT) return value
  throw new Unexpected(`${what} is not a text of 1 to ${MOST_TEXT} characters`)
}

function countOf(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number
  throw new Unexpected(`${what} is not a whole number above 0`)
}

function timeOf(value: unknown): number {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value
  throw new Unexpected('a time is not a number above 0')
}
