// Writes the page of one or several results.
import { writeText } from '../write.ts'
import { pageText } from './page.ts'
import { openResults, type Results } from './results.ts'

/** @throws IO */
export async function writePage(path: string, all: readonly Results[]): Promise<void> {
  const sections = []
  for (const results of all) sections.push(...(await results.sections()))
  await writeText(path, pageText('weft-bench report', sections))
}

/** Of what was measured just now. @throws IO */
export function writePageOf(path: string, report: object): Promise<void> {
  return writePage(path, [openResults(report)])
}
