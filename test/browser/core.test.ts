// @weft/core as it was built, in a page: bundled as it is, without a polyfill, and held against the lecture, Node and the oracle.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseProblem } from '@weft/core'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operandsOf, runKernel, runOracle, worstError } from '../../packages/core/test/run-kernel.ts'
import { type Browser, hasChromium, launchChromium, type Page } from './chromium.ts'
import type * as page from './page.ts'

const ROOT = join(import.meta.dirname, '../..')
/** Nothing is there: what the page asks for beside itself would be seen. */
const ADDRESS = 'http://weft.test/'

describe.skipIf(!hasChromium)('in Chromium (skipped where it is not installed)', () => {
  let browser: Browser
  let tab: Page
  const asked: string[] = []
  const said: string[] = []

  /** Opens a page with a program in it, bundled as it is. */
  async function opened(program: string, html: string): Promise<Page> {
    const options = { bundle: true, write: false, globalName: 'weftPage', platform: 'browser', logLevel: 'silent' } as const
    const bundle = await build({ ...options, entryPoints: [join(ROOT, program)] })
    const page = await browser.newPage()
    page.on('request', (request) => asked.push(request.url()))
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(error.message))
    const body: Record<string, string[]> = {
      [ADDRESS]: [html, 'text/html'],
      [`${ADDRESS}page.js`]: [bundle.outputFiles[0].text, 'text/javascript'],
    }
    await page.route('**/*', (route) => {
      const [text, contentType] = body[route.request().url()] ?? []
      return text === undefined ? route.abort() : route.fulfill({ contentType: `${contentType}; charset=utf-8`, body: text })
    })
    await page.goto(ADDRESS)
    return page
  }

  beforeAll(async () => {
    browser = await launchChromium()
    tab = await opened('test/browser/page.ts', '<!doctype html><link rel="icon" href="data:,"><script src="page.js"></script>')
  })
  afterAll(() => browser?.close())

  it('computes what the lecture says', async () => {
    const found = await tab.evaluate(() => (globalThis as unknown as { weftPage: typeof page }).weftPage.lecture())
    const oneByOne = [0, 1, 2].map((o) =>
      [0, 1, 2].map((i) => [0, 1, 2].map((j) => 2 * o * (3 * i + j) + (2 * o + 1) * (3 * i + j + 1))),
    )
    expect(found).toEqual({
      oneChannel: [
        [19, 25],
        [37, 43],
      ],
      severalIn: [
        [56, 72],
        [104, 120],
      ],
      severalOut: [
        [
          [56, 72],
          [104, 120],
        ],
        [
          [76, 100],
          [148, 172],
        ],
        [
          [96, 128],
          [192, 224],
        ],
      ],
      oneByOne,
      oneByOneAsConvolution: oneByOne,
    })
  })

  it.each(['f32-winograd-4x4-3x3', 'f32-direct'])(
    'computes a layer by %s: the bits of Node, the numbers of the oracle',
    async (kernel) => {
      const problem = 'ic16ih30oc24kh3ph1'
      const { descriptor: d } = parseProblem(problem)
      const operands = operandsOf(d)
      const data = {
        x: [...operands.x.data],
        weight: [...operands.weight.data],
        bias: [...(operands.bias?.data ?? [])],
      }
      const { tier, why, y } = await tab.evaluate(
        (args) => (globalThis as unknown as { weftPage: typeof page }).weftPage.layer(...args),
        [problem, kernel, data] as Parameters<typeof page.layer>,
      )
      // Chromium has had both for years.
      expect(['relaxed', 'simd128']).toContain(tier)
      expect(why.at(-1)).toMatch(/verified/)
      expect(y).toEqual([...runKernel(d, operands, tier, kernel)])
      expect(worstError(Float32Array.from(y), runOracle(d, operands))).toBeLessThan(1e-5)
    },
  )

  it('shows the edges of the example', async () => {
    const example = await opened('examples/browser/main.ts', readFileSync(join(ROOT, 'examples/browser/index.html'), 'utf8'))
    expect(await example.textContent('#said')).toMatch(/^256 x 256 by tier (relaxed|simd128) in [\d.]+ ms$/)
    // Along the middle row: black but at both sides of the disc.
    const row = await example.evaluate(() => [
      ...(document.querySelectorAll('canvas')[1].getContext('2d')?.getImageData(0, 128, 256, 1).data ?? []),
    ])
    const bright = Array.from({ length: 256 }, (_, x) => x).filter((x) => row[4 * x] > 100)
    expect([bright.length > 1, bright.every((x) => Math.abs(Math.abs(x - 127.5) - 256 / 3) < 3)]).toEqual([true, true])
    expect([bright.some((x) => x < 128), bright.some((x) => x > 128)]).toEqual([true, true])
  })

  it('asks for nothing beside the pages, and complains of nothing', () => {
    expect([[...new Set(asked)], said]).toEqual([[ADDRESS, `${ADDRESS}page.js`], []])
  })
})
