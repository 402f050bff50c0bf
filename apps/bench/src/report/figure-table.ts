// A table of figures: groups of rows below common headings; where it is narrow each row becomes a list of names and values.
import { type Content, type Html, html } from './html.ts'

export interface Group {
  /** None for a table of one group. */
  readonly title: string | null
  readonly about: Content
  /** As many cells as there are headings; null where there is no such figure. */
  readonly rows: readonly (readonly Content[])[]
}

/** Letters of a cell that shares a line of a phone with another, and of one that stays in a line. */
const [SHORT, WHOLE] = [12, 20]
/** Longer ones are folded. */
const MOST_OPEN = 120

/** Columns without any figure are left out. */
export function figureTable(all: readonly string[], given: readonly Group[]): Html {
  const filled = all.map((_, column) => given.some(({ rows }) => rows.some((row) => row[column] !== null)))
  const headings = all.filter((_, column) => filled[column])
  const groups = given.map((group) => ({ ...group, rows: group.rows.map((row) => row.filter((_, column) => filled[column])) }))
  const head = html`<tr>${headings.map((heading) => html`<th>${heading}</th>`)}</tr>`
  return html`<table class="figures"><thead>${head}</thead><tbody>${groups.map((group) => groupRows(headings, group))}</tbody></table>`
}

/** @param what the rows are, for who unfolds them */
export function foldedTable(what: string, headings: readonly string[], groups: readonly Group[]): Html {
  const count = groups.reduce((sum, { rows }) => sum + rows.length, 0)
  const inside = html`<summary>${count} ${what}</summary>${figureTable(headings, groups)}`
  return count > MOST_OPEN ? html`<details>${inside}</details>` : html`<details open>${inside}</details>`
}

function groupRows(headings: readonly string[], { title, about, rows }: Group): Html {
  const first =
    title === null ? null : html`<tr class="of"><th colspan="${headings.length}">${title} <span>${about}</span></th></tr>\n`
  const cell = (value: Content, column: number) => {
    return html`<td class="${kindOf(value)}" data-of="${headings[column]}">${value}</td>`
  }
  return html`${first}${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}`
}

function kindOf(value: Content): string {
  if (value === null) return 'none'
  const letters = String(value).length
  return letters > WHOLE ? 'words' : letters > SHORT ? 'long' : 'short'
}

/** Formats a figure that may be missing. */
export function shown(value: number | null | undefined, format: (known: number) => string): string | null {
  return value == null ? null : format(value)
}

export function percent(part: number): string {
  return `${(100 * part).toFixed(0)}%`
}
