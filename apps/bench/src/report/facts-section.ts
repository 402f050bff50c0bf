// The section that says what was measured on what, and the command that repeats it.
import type { Facts } from './facts.ts'
import { type Content, html } from './html.ts'
import type { Section } from './page.ts'

/** @param tool that measured. @param more what else is to be told, by name */
export function factsSection(tool: string, facts: Facts, more: readonly (readonly [string, Content])[]): Section {
  const { date, command, machine, system, versions, tier, others, busy } = facts
  const rows: (readonly [string, Content])[] = [
    ['Repeat with', html`<code>${command.split(' ').map((word) => html`<span>${word}</span> `)}</code>`],
    ['Date', `${date.slice(0, 16).replace('T', ' ')} UTC`],
    ['Machine', machine],
    ['System', system],
    ['Versions', versions],
    ['Tier', tier],
    ...more,
  ]
  const warning = busy
    ? html`<p class="bad">Other programs kept ${others.busy.toFixed(1)} of ${others.cores} cores busy meanwhile: times are too long.</p>`
    : null
  const list = rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)
  return { title: `What was measured by ${tool}`, body: html`${warning}<dl>${list}</dl>` }
}
