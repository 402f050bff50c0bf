// Writes the page of one or several results.
import { writeText } from '../write.ts'
import { pageText } from './page.ts'
import type { Results } from './results.ts'

/** @throws IO */
export async function writePage(path: string, all: readonly Results[]): Promise<void> {
  const sections = []
  for (const results of all) sections.push(...(await results.sections()))
  await writeText(path, pageText('weft-bench report', sections))
}
