// Command lines in the pages are ones that the commands take.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { readArguments as readWeft } from '../../apps/batch/src/arguments.ts'
import { readArguments as readBench } from '../../apps/bench/src/arguments.ts'
import { type CommandLine, commandLines } from './command-lines.ts'
import { PAGES, pageOf, ROOT } from './page.ts'

const SCRIPTS = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts)
const OF_PNPM = ['install', 'exec', '--dir', '--filter', 'run']

/** What the program says against its arguments; nothing where it takes them. */
async function complaint({ words: [program, ...args], inText }: CommandLine): Promise<string> {
  if (program === 'npx') {
    const [, version, script] = args
    if (!/^pnpm@\d/.test(version ?? '')) return ''
    return [...SCRIPTS, ...OF_PNPM].includes(script) ? '' : `there is no script ${script}`
  }
  let said = ''
  const hear = (chunk: unknown) => {
    said += String(chunk)
    return true
  }
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(hear))
  try {
    const read = await (program === 'weft' ? readWeft : readBench)(args.filter((arg) => arg !== '...'))
    if (typeof read !== 'number' || read === 0) return ''
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return inText && /needed|[Ee]xpected/.test(said) ? '' : said
}

async function refused(page: (typeof PAGES)[number]): Promise<string[]> {
  const complaints: string[] = []
  for (const one of commandLines(page)) {
    const text = await complaint(one)
    if (text !== '') complaints.push(`${page.path}:${one.line}: ${one.words.join(' ')}: ${text}`)
  }
  return complaints
}

describe('command lines', () => {
  const withCommands = PAGES.filter((page) => commandLines(page).length > 0)

  it.each(withCommands.map((page) => [page.path, page] as const))('of %s are understood', async (_, page) => {
    expect(await refused(page)).toEqual([])
  })

  it('with mistakes are seen', async () => {
    const page = pageOf(
      'a.md',
      [
        '`weft conv --output`, `weft explain`, `weft nothing`',
        '',
        '    weft conv in/ -o out/ --kernel sobel   # --fine',
        "    X=1 weft conv 'a b' -o out/ --kernel \\",
        '        sobl | weft failed out > f',
        '    npx -y pnpm@12.21.0 weft-bench scale --thread 1 lecture',
        '    npx -y pnpm@12.21.0 nothing',
        '',
        '```console',
        '$ weft status out --json',
        'weft prints --this',
        '```',
      ].join('\n'),
    )
    const lines = (await refused(page)).map((text) => text.split(': ').slice(0, 2).join(': '))
    expect(lines).toEqual([
      'a.md:4: weft conv a b -o out/ --kernel sobl',
      'a.md:6: weft-bench scale --thread 1 lecture',
      'a.md:7: npx -y pnpm@12.21.0 nothing',
      'a.md:1: weft nothing',
    ])
  })
})
