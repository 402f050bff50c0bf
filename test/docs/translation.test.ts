// The Chinese README has what the English one has: the same code and names, links and pictures, as many sections.
import { expect, it } from 'vitest'
import { PAGES, type Page } from './page.ts'

it('README.zh-CN.md shows the code, the links and the pictures of README.md', () => {
  const [english, chinese] = ['README.md', 'README.zh-CN.md'].map((path) => PAGES.find((page) => page.path === path) as Page)
  const code = ({ blocks }: Page) => blocks.map(({ text, language }) => ({ text, language }))
  // Each leads to the other, and headings have other anchors.
  const targets = ({ links }: Page) => links.map(({ text }) => text).filter((text) => !/^(#|README)/.test(text))
  const names = ({ inline }: Page) => inline.map(({ text }) => text).sort()
  expect(code(chinese)).toEqual(code(english))
  expect(targets(chinese)).toEqual(targets(english))
  expect(names(chinese)).toEqual(names(english))
  expect(chinese.anchors.size).toBe(english.anchors.size)
})
