// The command lines of a page: of weft, of weft-bench, and of pnpm in this workspace.
import type { Page } from './page.ts'

export interface CommandLine {
  readonly line: number
  /** The program, and what it is given. */
  readonly words: readonly string[]
  /** In running text a command may be named without its inputs. */
  readonly inText: boolean
}

const PROGRAMS = ['weft', 'weft-bench', 'npx']

export function commandLines({ blocks, inline }: Page): CommandLine[] {
  const inBlocks = blocks
    .filter(({ language }) => ['', 'sh', 'bash', 'console', 'yaml'].includes(language))
    .flatMap(({ text, line }) => linesOf(text, line))
    .flatMap(({ text, line }) => commandsOf(text).map((words) => ({ line, words, inText: false })))
  const inText = inline.flatMap(({ text, line }) => commandsOf(text).map((words) => ({ line, words, inText: true })))
  return [...inBlocks, ...inText].filter(({ words }) => words.length > 1)
}

/** Lines that a backslash joins are one. Where some begin with `$ `, the others are what was printed. */
function linesOf(text: string, first: number): { text: string; line: number }[] {
  const joined: { text: string; line: number }[] = []
  let open = false
  for (const [i, line] of text.split('\n').entries()) {
    const part = line.replace(/\\$/, '').trim()
    if (open) (joined.at(-1) as { text: string }).text += ` ${part}`
    else joined.push({ text: part, line: first + i })
    open = line.endsWith('\\')
  }
  const session = joined.filter((line) => line.text.startsWith('$ '))
  return session.length === 0 ? joined : session.map((line) => ({ ...line, text: line.text.slice(2) }))
}

/** The commands of a line, as a shell would cut it: quotes, a comment, pipes, redirections. */
function commandsOf(text: string): string[][] {
  const tokens = text.match(/(?:'[^']*'|"[^"]*"|[^\s'"|;&<>#]|(?<=\S)#)+|&&|\|\||[|;&<>]|#.*/g) ?? []
  const commands: string[][] = [[]]
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    if (token.startsWith('#')) break
    if (/^[<>]$/.test(token)) i++
    else if (/^([|;&]|&&|\|\|)$/.test(token)) commands.push([])
    else commands.at(-1)?.push(token.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double))
  }
  return commands
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .map((words) => (words[0] === 'npx' && /^weft(-bench)?$/.test(words[3] ?? '') ? words.slice(3) : words))
    .filter((words) => PROGRAMS.includes(words[0]))
}
