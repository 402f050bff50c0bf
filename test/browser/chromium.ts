// Chromium for tests of pages: Debian's, which .ci/run installs. Playwright drives it and gives each launch a profile of its own.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

export type { Browser, BrowserContext, Page } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'
/** It may ask for nothing that a test did not: no QUIC, no updates, nothing in the background. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** For `skipIf`; where there is none the tests of a file say so once. */
export const hasChromium = existsSync(EXECUTABLE)
if (!hasChromium)
  console.warn(`${EXECUTABLE} is not there: the tests of pages in a browser are skipped; Debian has it as 'chromium'`)

/** Close it when done. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: ARGS })
}
