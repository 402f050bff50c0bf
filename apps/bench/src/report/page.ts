// The page: one HTML file that asks for nothing else.
import { type Content, Html, html } from './html.ts'
import { STYLE } from './style.ts'

export interface Section {
  readonly title: string
  readonly body: Html
}

/** A part of a section, with a frame of its own. */
export function card(title: string, body: Content): Html {
  return html`<div class="card"><h3>${title}</h3>${body}</div>`
}

/** Nothing may be loaded, whatever is in it: browsers hold the page to that. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

export function pageText(title: string, sections: readonly Section[]): string {
  const style = new Html(STYLE)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${sections.map(({ title, body }) => html`<section>\n<h2>${title}</h2>\n${body}\n</section>\n`)}
</main>
</body>
</html>
`.text
}
