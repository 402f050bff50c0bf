// The TypeScript and JavaScript of a page as one program: its blocks follow each other, as a reader types them in.
import type { Block, Page } from './page.ts'

export interface PageProgram {
  readonly page: string
  /** `README.md` is `README.md.ts`. */
  readonly file: string
  /** As it stands in the page, each line at its number there. */
  readonly text: string
  /** The same with each `console.log(value) // [1, 2]` held against what the comment says. */
  readonly checked: string
}

const LANGUAGES = { ts: 'ts', js: 'js' } as const

/** One program for each language that the page has. */
export function programsOf({ path, blocks }: Page): PageProgram[] {
  return Object.entries(LANGUAGES).flatMap(([language, extension]) => {
    const own = blocks.filter((block) => block.language === language)
    if (own.length === 0) return []
    const lines = laidOut(own)
    const [text, checked] = [lines, lines.map(held)].map((program) => `${program.join('\n')}\nexport {}\n`)
    return { page: path, file: `${path.replaceAll('/', '-')}.${extension}`, text, checked }
  })
}

/** A name that an earlier block imported is not imported again. */
function laidOut(blocks: readonly Block[]): string[] {
  const [lines, known]: [string[], Set<string>] = [[], new Set()]
  for (const { text, line } of blocks) {
    while (lines.length < line - 1) lines.push('')
    for (const one of text.trimEnd().split('\n'))
      lines.push(one.replace(/^import \{(.*)\} from/, (_, names) => onlyNew(names, known)))
  }
  return lines
}

function onlyNew(names: string, known: Set<string>): string {
  const fresh = names.split(',').filter((name) => !known.has(name.trim()))
  for (const name of fresh) known.add(name.trim())
  return `import {${fresh.join(',')}} from`
}

/** A comment that is JSON says what is printed. */
function held(line: string): string {
  const [, indent, value, comment] = /^(\s*)console\.log\((.*)\) \/\/ (.+)$/.exec(line) ?? []
  if (comment === undefined) return line
  try {
    JSON.parse(comment)
  } catch {
    return line
  }
  return `${indent};(await import('../held.ts')).held(${JSON.stringify(comment)}, ${value})`
}
