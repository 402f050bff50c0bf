// The reference of the commands: what `--help` of each says, which is made of the flags themselves.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments as readWeft } from '../../apps/batch/src/arguments.ts'
import { COMMANDS } from '../../apps/batch/src/flags.ts'
import { readArguments as readBench } from '../../apps/bench/src/arguments.ts'

type Read = (argv: string[]) => Promise<unknown>

/** Writes `commands/weft.md` and `commands/weft-bench.md` to `out`. */
export async function writeCommands(out: string): Promise<void> {
  mkdirSync(join(out, 'commands'), { recursive: true })
  const pages = { weft: await commandPage('weft', readWeft, COMMANDS), 'weft-bench': await commandPage('weft-bench', readBench) }
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(out, 'commands', `${name}.md`), text)
}

/** @param commands by default those that the program's own `--help` lists */
async function commandPage(program: string, read: Read, commands?: readonly string[]): Promise<string> {
  const overview = await printed(() => read(['--help']))
  const parts = [`# ${program}`, helpAsMarkdown(overview, '##')]
  for (const command of commands ?? listed(overview)) {
    parts.push(`## ${program} ${command}`, helpAsMarkdown(await printed(() => read([command, '--help'])), '###'))
  }
  return `${parts.join('\n\n')}\n`
}

function listed(help: string): string[] {
  const section = help.slice(help.indexOf('\nCOMMANDS\n')).split('\n').slice(2)
  return section.flatMap((line) => /^ {2}([a-z-]+) {2}/.exec(line)?.[1] ?? [])
}

/** What is printed while `run` runs. */
async function printed(run: () => Promise<unknown>): Promise<string> {
  const write = process.stdout.write
  let text = ''
  process.stdout.write = ((chunk: unknown) => {
    text += String(chunk)
    return true
  }) as typeof write
  try {
    await run()
  } finally {
    process.stdout.write = write
  }
  return text
}

/** Titles become headings, sentences text, and the rest stays as it is printed. */
export function helpAsMarkdown(help: string, mark: '##' | '###'): string {
  return help
    .trim()
    .split('\n\n')
    .flatMap((block) => {
      const [first, ...rest] = block.split('\n')
      if (/^[A-Z][A-Z ]+$/.test(first)) return [`${mark} ${capitalised(first)}`, asPrinted(rest)]
      if (/^ {2}/m.test(block)) return [asPrinted(block.split('\n'))]
      return [block.replaceAll('<', '&lt;').replace(/(?<![\w`])\*(?=\S)/g, '\\*')]
    })
    .join('\n\n')
}

const capitalised = (title: string): string => title[0] + title.slice(1).toLowerCase()
/** Without the two spaces that all lines begin with, so that 80 columns fit the page. */
const asPrinted = (lines: readonly string[]): string =>
  ['```text', ...lines.map((line) => line.replace(/^ {2}/, '')), '```'].join('\n')
