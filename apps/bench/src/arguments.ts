// The command line: flags and targets as they were written, or the exit code where that is all there is to it.
import {
  type Application,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type CommandContext,
  ExitCode,
  run,
  text_en,
} from '@stricli/core'
import { completionRoutes, HIDDEN } from '@weft/commands/completions/commands'
import { kernelNamed, TIER_CHOICES, type TierChoice } from '@weft/core'
import { type CompareFlags, compareCommand } from './compare/command.ts'
import { ABOUT, SCALE_HELP } from './help.ts'
import { folded } from './help-fold.ts'
import { HTML_FLAG } from './html-flag.ts'
import { layersCommand } from './layers/command.ts'
import type { LayersFlags } from './layers/job.ts'
import { MODES, type ModeChoice } from './mode.ts'
import { modelCommand } from './model/command.ts'
import type { ModelFlags } from './model/job.ts'
import { atLeast } from './numbers.ts'
import { type ReportFlags, reportCommand } from './report/command.ts'
import { parseThreadsWithOne } from './threads.ts'
import { VERSION } from './version.ts'

export interface Flags {
  readonly threads?: readonly number[]
  readonly mode: ModeChoice
  readonly tier?: TierChoice
  readonly kernel?: string
  readonly minMs: number
  readonly minRuns: number
  readonly json?: string
  readonly csv?: string
  readonly html?: string
  readonly quiet: boolean
  readonly list: boolean
}

export type Asked =
  | { readonly command: 'scale'; readonly targets: readonly string[]; readonly flags: Flags }
  | { readonly command: 'layers'; readonly flags: LayersFlags }
  | { readonly command: 'model'; readonly model: string; readonly flags: ModelFlags }
  | { readonly command: 'report'; readonly files: readonly string[]; readonly flags: ReportFlags }
  | { readonly command: 'compare'; readonly files: readonly [string, string]; readonly flags: CompareFlags }

const [FAILED, USAGE] = [1, 2]
const USAGE_CODES: readonly number[] = [ExitCode.InvalidArgument, ExitCode.UnknownCommand]

/** @returns what was asked, or the exit code once help, the version or a complaint has been printed. */
export async function readArguments(inputs: readonly string[]): Promise<Asked | number> {
  let asked: Asked | undefined
  const help = inputs.length === 0 || inputs.some((word) => ['--help', '-h', '--helpAll', '--help-all'].includes(word))
  const stdout = { write: (text: string) => void process.stdout.write(help ? folded(text) : text) }
  const context = {
    process: { stdout, stderr: process.stderr, env: process.env, exitCode: null as number | null },
  }
  const keep = (what: Asked) => {
    asked = what
  }
  await run(application(keep), inputs, context)
  if (asked !== undefined) return asked
  const exitCode = context.process.exitCode ?? ExitCode.Success
  return USAGE_CODES.includes(exitCode) ? USAGE : exitCode === ExitCode.Success ? 0 : FAILED
}

function application(keep: (what: Asked) => void): Application<CommandContext> {
  const scale = buildCommand<Flags, string[], CommandContext>({
    docs: {
      brief: 'Measure problems and suites on 1 to every core',
      fullDescription: SCALE_HELP,
      customUsage: ['[flags] <problem|suite>...', '--list'],
    },
    parameters: {
      flags: {
        threads: {
          kind: 'parsed',
          parse: parseThreadsWithOne,
          optional: true,
          placeholder: 'LIST',
          brief: 'Thread counts, as 1,2,4 [1 to every core]',
        },
        mode: {
          kind: 'enum',
          values: [...MODES, 'both'],
          default: 'both',
          brief: 'How the cores share the work',
        },
        tier: {
          kind: 'enum',
          values: TIER_CHOICES,
          optional: true,
          brief: 'Vector machine; auto: the fastest [auto]',
        },
        kernel: {
          kind: 'parsed',
          parse: (name: string) => kernelNamed(name).name,
          optional: true,
          placeholder: 'NAME',
          brief: 'A kernel by name, not by its estimate',
        },
        minMs: {
          kind: 'parsed',
          parse: (text: string) => atLeast(text, 0),
          default: '500',
          placeholder: 'MS',
          brief: 'Least time a row, in ms',
        },
        minRuns: {
          kind: 'parsed',
          parse: (text: string) => atLeast(text, 1),
          default: '10',
          placeholder: 'N',
          brief: 'Least runs a row',
        },
        json: {
          kind: 'parsed',
          parse: String,
          optional: true,
          placeholder: 'FILE',
          brief: 'Write everything as JSON; - prints it for the table',
        },
        csv: {
          kind: 'parsed',
          parse: String,
          optional: true,
          placeholder: 'FILE',
          brief: 'Write rows as CSV; - prints them for the table',
        },
        html: HTML_FLAG,
        quiet: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'No progress, no legend',
        },
        list: { kind: 'boolean', default: false, withNegated: false, brief: 'List the suites and stop' },
      },
      aliases: { t: 'threads', q: 'quiet', l: 'list' },
      positional: {
        kind: 'array',
        parameter: { brief: 'A problem text, a suite, or a path to a suite file', parse: String, placeholder: 'problem|suite' },
      },
    },
    func(flags, ...targets) {
      keep({ command: 'scale', flags, targets })
    },
  })
  const layers = layersCommand((flags) => keep({ command: 'layers', flags }))
  const model = modelCommand((path, flags) => keep({ command: 'model', model: path, flags }))
  const report = reportCommand((files, flags) => keep({ command: 'report', files, flags }))
  const compare = compareCommand((files, flags) => keep({ command: 'compare', files, flags }))
  const completions = completionRoutes<CommandContext>('weft-bench', () => built)
  const routes = { scale, layers, model, report, compare, ...completions }
  const built: Application<CommandContext> = buildApplication(buildRouteMap({ routes, docs: { ...ABOUT, hideRoute: HIDDEN } }), {
    name: 'weft-bench',
    versionInfo: { currentVersion: VERSION },
    documentation: { onlyRequiredInUsageLine: true },
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    localization: { text: { ...text_en, formatException: (error) => (error instanceof Error ? error.message : String(error)) } },
  })
  return built
}
