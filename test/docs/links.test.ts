// Links of the pages lead somewhere.
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PAGES, type Page, pageOf, ROOT } from './page.ts'

/** What is wrong with the links of a page, `exists` telling of files and folders. */
function broken({ path, links, anchors }: Page, pages: readonly Page[], exists: (path: string) => boolean): string[] {
  return links.flatMap(({ text, line }) => {
    if (/^[a-z][a-z+.-]*:/i.test(text)) return []
    const [file, anchor] = decodeURI(text).split('#')
    const target = normalize(join(dirname(path), file)).replace(/\/$/, '')
    const here = `${path}:${line}: ${text}`
    if (file !== '' && !exists(target)) return [`${here}: no ${target}`]
    if (anchor === undefined) return []
    const there = file === '' ? anchors : pages.find((page) => page.path === target)?.anchors
    return there?.has(anchor) === true ? [] : [`${here}: no heading #${anchor}`]
  })
}

describe('links', () => {
  it.each(PAGES.map((page) => [page.path, page] as const))('of %s lead to files and headings that are there', (_, page) => {
    expect(broken(page, PAGES, (path) => existsSync(join(ROOT, path)))).toEqual([])
  })

  it('that are broken are seen, in text, pictures and HTML', () => {
    const page = pageOf(
      'a/b.md',
      [
        '# One: `two`',
        '# One: `two`',
        '[x](../gone.md) [y](#one-two-1) [z](#nothing) ![p](gone.png)',
        '',
        '<img src="gone.svg"> [w](https://example.org) [v](c.md#there) [u](c.md#not)',
        '',
        '    [in code](gone)',
      ].join('\n'),
    )
    const other = pageOf('a/c.md', '## There')
    expect(broken(page, [page, other], (path) => path === 'a/c.md')).toEqual([
      'a/b.md:3: ../gone.md: no gone.md',
      'a/b.md:3: #nothing: no heading #nothing',
      'a/b.md:3: gone.png: no a/gone.png',
      'a/b.md:5: gone.svg: no a/gone.svg',
      'a/b.md:5: c.md#not: no heading #not',
    ])
  })
})
