// The page of the demo: what went in beside what came out.

export interface ReadDigit {
  readonly id: string
  readonly label: number
  readonly read: number
  /** How sure the network is, 0 to 1. */
  readonly score: number
  readonly picture: string
}

interface Pair {
  readonly before: string
  readonly after: string
}

const STYLE = `
body { font: 16px/1.4 system-ui, sans-serif; background: #1b1d1f; color: #e8e6e3; max-width: 1280px; margin: 0 auto; padding: 1rem }
h2 { font-weight: 600; margin: 2rem 0 .5rem }
.pairs { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem }
.pair { display: flex; gap: 2px }
.pair img { width: 50%; object-fit: cover }
.digits { display: grid; grid-template-columns: repeat(20, 1fr); gap: 6px; text-align: center }
.digits img { width: 100%; image-rendering: pixelated; border-radius: 4px }
.digits b { color: #8fd18f } .digits .wrong b { color: #ff6b6b }
@media (max-width: 600px) { .pairs { grid-template-columns: 1fr } .digits { grid-template-columns: repeat(10, 1fr) } }`

export function demoPage({
  text,
  digits,
  filtered,
}: Readonly<Record<'text' | 'filtered', readonly Pair[]>> & { readonly digits: readonly ReadDigit[] }): string {
  const right = digits.filter(({ label, read }) => label === read).length
  const cells = digits.map(({ picture, label, read, score }) => {
    const title = `it is ${label}, read as ${read}, ${(100 * score).toFixed(1)} % sure`
    return `<div${label === read ? '' : ' class="wrong"'} title="${title}"><img src="${picture}" alt="${label}"><b>${read}</b></div>`
  })
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>weft</title><style>${STYLE}</style>
<h1>weft</h1>
<h2>Text, found by PP-OCRv4</h2>
<p>What the network takes for text glows; the rest of the picture is dimmed.</p>
${pairsOf(text)}
<h2>Digits, read by a LeNet</h2>
<p>${right} of ${digits.length} right; below each digit is what the network reads.</p>
<div class="digits">${cells.join('\n')}</div>
<h2>Edges, by one convolution</h2>
${pairsOf(filtered)}
</html>
`
}

function pairsOf(pairs: readonly Pair[]): string {
  const shown = pairs.map(
    ({ before, after }) => `<div class="pair"><img src="${before}" alt="before"><img src="${after}" alt="after"></div>`,
  )
  return `<div class="pairs">${shown.join('\n')}</div>`
}
