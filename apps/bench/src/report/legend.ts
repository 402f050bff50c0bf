// A legend in HTML: it wraps where a drawing would be cut.
import { type Content, Html, html } from './html.ts'
import type { Look } from './look.ts'

/** Within a box of 14 by 14. */
const SHAPES: Readonly<Record<Look['shape'], string>> = {
  circle: '<circle cx="7" cy="7" r="4.5"/>',
  square: '<rect x="3" y="3" width="8" height="8"/>',
  'triangle-up': '<path d="M7 2.5 12 11.5H2Z"/>',
  diamond: '<path d="M7 1.5 12 7 7 12.5 2 7Z"/>',
  cross: '<path d="M5.2 2h3.6v3.2H12v3.6H8.8V12H5.2V8.8H2V5.2h3.2Z"/>',
}

export function pointKey({ color, shape }: Look, name: string): Html {
  return key(`<svg width="14" height="14" fill="${color}" aria-hidden="true">${SHAPES[shape]}</svg>`, name)
}

/** @param dash lengths of strokes and gaps; none for a line without gaps */
export function lineKey(color: string, dash: readonly number[], name: string): Html {
  const line = `<path d="M1 7H27" stroke="${color}" stroke-width="2" stroke-dasharray="${dash.join(' ')}"/>`
  return key(`<svg width="28" height="14" aria-hidden="true">${line}</svg>`, name)
}

export function areaKey(color: string, name: string): Html {
  return key(`<svg width="14" height="14" fill="${color}" aria-hidden="true"><rect y="1" width="14" height="12"/></svg>`, name)
}

export function legend(keys: Content): Html {
  return html`<p class="legend">${keys}</p>`
}

/** @param drawing markup that is ours */
function key(drawing: string, name: string): Html {
  return html`<span>${new Html(drawing)} ${name}</span> `
}
