// The route of `weft-bench report`: files of results, one page.
import { checkHtml } from '../write.ts'
import type { ReportFlags } from './command.ts'
import { readResults } from './results.ts'
import { writePage } from './write-page.ts'

/** @returns what goes to standard output. @throws NOT_FOUND, IO, FORMAT, OPTION */
export async function runReport(files: readonly string[], { html }: ReportFlags): Promise<{ text: string; failures: number }> {
  checkHtml(html)
  await writePage(html, files.map(readResults))
  return { text: `${html}\n`, failures: 0 }
}
