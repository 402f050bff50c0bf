// Text as HTML: whatever goes into a template is escaped, unless it is HTML already.

export class Html {
  readonly text: string

  /** Of markup that is ours; nothing that was read from a file. */
  constructor(text: string) {
    this.text = text
  }
}

export type Content = Html | string | number | null | readonly Content[]

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, index) => part + (index < values.length ? markup(values[index]) : '')).join(''))
}

function markup(value: Content): string {
  if (value === null) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(markup).join('')
  return String(value).replace(/[&<>"']/g, (sign) => ENTITIES[sign])
}
