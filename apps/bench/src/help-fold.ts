// Help in 80 columns: the table of flags comes as wide as its longest row.
import { HARD_SPACE, WIDTH } from './layout.ts'

/** Rows of flags without the spaces that align their last column, folded under their words where they are still too long. */
export function folded(text: string): string {
  return text.split('\n').map(foldedLine).join('\n')
}

function foldedLine(line: string): string {
  const head = /^ +(?:-\w )? *\[?--[\w-]+\]? +/.exec(line)?.[0]
  if (head === undefined) return line
  const lines = [head]
  const words = line
    .slice(head.length)
    .replace(/ {2,}\[/g, '  [')
    .replaceAll(' = ', `${HARD_SPACE}=${HARD_SPACE}`)
  for (const word of words.split(/(?<=\S)(?= )/)) {
    const last = lines.length - 1
    if ((lines[last] + word).length <= WIDTH) lines[last] += word
    else lines.push(' '.repeat(head.length) + word.trimStart())
  }
  return lines.join('\n').replaceAll(HARD_SPACE, ' ')
}
