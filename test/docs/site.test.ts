// The site has every page, its links stay inside, and the reference of the commands every flag.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS, CONV_FLAGS, EXPLAIN_FLAGS } from '../../apps/batch/src/flags.ts'
import { RUN_FLAGS } from '../../apps/batch/src/run/flags.ts'
import { helpAsMarkdown, writeCommands } from '../../docs/site/commands.ts'
import { brokenLinks } from '../../docs/site/links.ts'
import { SITE_PAGES } from '../../docs/site/nav.ts'
import { forSite } from '../../docs/site/pages.ts'
import { PAGES, ROOT } from './page.ts'

let out: string
beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'weft-site-'))
  await writeCommands(out)
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

describe('the site', () => {
  const sources = SITE_PAGES.flatMap(({ source }) => (source === null ? [] : [source]))

  it('is of pages that are there', () => {
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([])
  })

  it('has every page of the documentation', () => {
    const wanted = PAGES.map(({ path }) => path).filter((path) => /^docs\/|^[^/]*$|^apps\/[^/]*\/README/.test(path))
    expect(wanted.filter((path) => !sources.includes(path))).toEqual([])
  })

  it('links to its own pages, shows pictures, and says the path of what is not in it', () => {
    const text =
      '[a](../README.md#x) [b](https://x.y) ![c](images/p.png) [d](../packages/io) [packages/io](../packages/io) [e](#f)'
    const fence = '\n```ts\n[a](../README.md)\n```\n'
    expect(forSite(text + fence, 'docs/guide.md')).toEqual({
      text: `[a](/index#x) [b](https://x.y) ![c](/docs/images/p.png) d (\`packages/io\`) \`packages/io\` [e](#f)${fence}`,
      pictures: ['docs/images/p.png'],
    })
  })
})

describe('the built site', () => {
  it('has its links followed, to pages, headings, pictures and scripts', () => {
    const site = join(out, 'built')
    mkdirSync(join(site, 'a'), { recursive: true })
    writeFileSync(join(site, 'p.png'), '')
    writeFileSync(
      join(site, 'index.html'),
      '<h1 id="top"></h1><a href="a/b#here">x</a> <a href="/a/b.html#gone">y</a> <a href="#top">z</a>',
    )
    writeFileSync(
      join(site, 'a/b.html'),
      '<h2 id="here"></h2><img src="/p.png"> <script src="gone.js"></script> <a href="https://x.y/z">w</a>',
    )
    expect(brokenLinks(site)).toEqual(['index.html: /a/b.html#gone: no such heading', 'a/b.html: gone.js: no such file'])
  })
})

describe('the reference of the commands', () => {
  const dashed = (name: string) => `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`

  it('has every command, and every flag with what it is for', () => {
    const page = readFileSync(join(out, 'commands/weft.md'), 'utf8')
    for (const command of COMMANDS) expect(page).toContain(`\n## weft ${command}\n`)
    const flat = page.replace(/\s+/g, ' ')
    for (const [name, { brief }] of Object.entries({ ...CONV_FLAGS, ...RUN_FLAGS, ...EXPLAIN_FLAGS })) {
      expect(page).toMatch(new RegExp(`^${dashed(name)}\\b`, 'm'))
      expect(flat).toContain(brief)
    }
  })

  it('has the commands of weft-bench', () => {
    const page = readFileSync(join(out, 'commands/weft-bench.md'), 'utf8')
    for (const command of ['scale', 'layers', 'report', 'compare']) expect(page).toContain(`\n## weft-bench ${command}\n`)
    expect(page).toContain('[--min-runs]')
  })

  it('makes headings of titles and keeps what is printed', () => {
    expect(helpAsMarkdown('a <b>\n\nEXIT CODES\n  0  done\n  1  <not>\n\nc', '###')).toBe(
      'a &lt;b>\n\n### Exit codes\n\n```text\n0  done\n1  <not>\n```\n\nc',
    )
  })
})
