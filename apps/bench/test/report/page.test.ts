import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, hasChromium, launchChromium, type Page } from '../../../../test/browser/chromium.ts'
import { openResults } from '../../src/report/results.ts'
import { writePage } from '../../src/report/write-page.ts'
import { sampleLayersReport } from '../layers/sample-report.ts'
import { sampleModelReport } from '../model/sample-report.ts'
import { sampleReport } from '../sample-report.ts'
import { sampleSummary } from '../sample-summary.ts'
import { coloursOf } from './colours-of.ts'
import { illegible } from './illegible.ts'

const folder = mkdtempSync(join(tmpdir(), 'weft-bench-page-'))
const file = join(folder, 'report.html')
const url = pathToFileURL(file).href
let browser: Browser
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await browser?.close()
})

describe.skipIf(!hasChromium)('a page of results, in Chromium', () => {
  beforeAll(async () => {
    const times = [0.0123456, 1.5, 123456.7]
    const all = [
      sampleReport(times, `a<b>&c_${'that_goes_on_'.repeat(8)}*2`),
      sampleLayersReport(),
      sampleModelReport(),
      sampleSummary(),
    ]
    await writePage(
      file,
      all.map((report) => openResults(JSON.parse(JSON.stringify(report)))),
    )
    browser = await launchChromium()
  })

  const places = ([1280, 400] as const).flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })))
  it.each([places[0], places[3]])(
    'draws at $width pixels in $scheme, asks for nothing and complains of nothing',
    async ({ width, scheme }) => {
      const { page, requests, said } = await opened(width, scheme)
      const charts = await page.locator('svg[role=img]:visible').all()
      expect(charts).toHaveLength(11)
      for (const chart of charts) {
        const { colours } = await coloursOf(browser, await chart.screenshot())
        expect(colours, (await chart.getAttribute('aria-label')) ?? '').toBeGreaterThan(8)
      }
      expect(requests).toEqual([url])
      expect(said).toEqual([])
      await page.context().close()
    },
  )

  it.each(places)(
    'has no text that is cut, broken, pale, tiny or upon another at $width pixels in $scheme',
    async ({ width, scheme }) => {
      const { page } = await opened(width, scheme)
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => one.setAttribute('open', '')))
      expect(await page.evaluate(illegible)).toEqual([])
      await page.context().close()
    },
  )

  it('is dark where the system is', async () => {
    const shades: Record<string, number> = {}
    for (const scheme of ['light', 'dark'] as const) {
      const { page } = await opened(400, scheme)
      shades[scheme] = (await coloursOf(browser, await page.screenshot())).lightness
      await page.context().close()
    }
    expect(shades.light).toBeGreaterThan(0.8)
    expect(shades.dark).toBeLessThan(0.3)
  })
})

async function opened(width: number, colorScheme: 'light' | 'dark'): Promise<{ page: Page; requests: string[]; said: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
  const page = await context.newPage()
  const [requests, said]: string[][] = [[], []]
  page.on('request', (request) => requests.push(request.url()))
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  await page.goto(url, { waitUntil: 'load' })
  return { page, requests, said }
}
