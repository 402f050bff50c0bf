// @weft/core as it was built, in a page: bundled as it is, without a polyfill, and held against the lecture, Node and the oracle.
import { parseProblem } from '@weft/core'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operandsOf, runKernel, runOracle, worstError } from '../../packages/core/test/run-kernel.ts'
import { type Browser, hasChromium, launchChromium, type Page } from './chromium.ts'
import type * as page from './page.ts'

/** Nothing is there: what the page asks for beside itself would be seen. */
const ADDRESS = 'http://weft.test/'

describe.skipIf(!hasChromium)('in Chromium (skipped where it is not installed)', () => {
  let browser: Browser
  let tab: Page
  const asked: string[] = []
  const said: string[] = []

  beforeAll(async () => {
    const options = { bundle: true, write: false, format: 'iife', globalName: 'weftPage', platform: 'browser' } as const
    const bundle = await build({ ...options, entryPoints: [`${import.meta.dirname}/page.ts`], logLevel: 'silent' })
    const html = `<!doctype html><link rel="icon" href="data:,"><script>${bundle.outputFiles[0].text}</script>`
    browser = await launchChromium()
    tab = await browser.newPage()
    tab.on('request', (request) => asked.push(request.url()))
    tab.on('console', (message) => said.push(message.text()))
    tab.on('pageerror', (error) => said.push(error.message))
    await tab.route('**/*', (route) =>
      route.request().url() === ADDRESS ? route.fulfill({ contentType: 'text/html', body: html }) : route.abort(),
    )
    await tab.goto(ADDRESS)
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

  it('asks for nothing beside the page, and complains of nothing', () => {
    expect([asked, said]).toEqual([[ADDRESS], []])
  })
})
