// The section that says what was measured on what, and the command that repeats it.
import type { MachineFacts } from '../machine.ts'
import { disturbing, type Others } from '../others.ts'
import { type Content, type Html, html } from './html.ts'
import type { Section } from './page.ts'

export interface Facts {
  readonly version: string
  readonly date: string
  readonly command: string
  readonly machine: MachineFacts
  readonly others: Others
  readonly tier: { readonly name: string; readonly why: readonly string[] } | null
  /** What else is to be told, by name. */
  readonly more: readonly (readonly [string, Content])[]
}

export function factsSection({ version, date, command, machine, others, tier, more }: Facts): Section {
  const { cpu, cores, arch, platform, release, memoryBytes, node, v8 } = machine
  const rows: [string, Content][] = [
    ['Repeat with', html`<code>${command}</code>`],
    ['Date', `${date.slice(0, 16).replace('T', ' ')} UTC`],
    ['Machine', `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'} usable, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB of memory`],
    ['System', `${platform} ${arch}, ${release}`],
    ['Versions', `weft-bench ${version}, Node ${node}, V8 ${v8}`],
    ['Tier', tier === null ? 'unknown' : `${tier.name} (${tier.why.at(-1) ?? ''})`],
    ...more.map(([name, value]): [string, Content] => [name, value]),
  ]
  return {
    title: 'What was measured',
    body: html`${busy(others)}<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`,
  }
}

function busy(others: Others): Html | null {
  if (!disturbing(others)) return null
  const { busy, cores } = others
  return html`<p class="bad"><strong>Other programs kept ${busy.toFixed(1)} of ${cores} cores busy meanwhile: times are too long.</strong></p>`
}
