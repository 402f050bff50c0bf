// `weft-bench report`: its flags, and what --help teaches of it.
import { buildCommand, type CommandContext } from '@stricli/core'
import { HTML_FLAG } from '../html-flag.ts'

export interface ReportFlags {
  readonly html: string
}

const HELP = `Makes one page with charts of results that were kept with --json. It is a file
that opens in any browser, in light and dark, and asks for nothing else.

EXAMPLES
  weft-bench scale resnet50 --json scale.json
  weft-bench layers --suite resnet50 --peers pytorch --json layers.json
  weft-bench report scale.json layers.json --html report.html
  weft conv photos/ -o out/ --kernel sobel --summary batch.json
  weft-bench report batch.json

Every command that measures writes such a page of its own with --html.`

export function reportCommand(keep: (files: readonly string[], flags: ReportFlags) => void) {
  return buildCommand<ReportFlags, string[], CommandContext>({
    docs: { brief: 'A page with charts of results that were kept', fullDescription: HELP },
    parameters: {
      flags: { html: { ...HTML_FLAG, optional: false, default: 'report.html' } },
      positional: {
        kind: 'array',
        minimum: 1,
        parameter: { brief: 'What --json wrote, or --summary of weft', parse: String, placeholder: 'results' },
      },
    },
    func(flags, ...files) {
      keep(files, flags)
    },
  })
}
