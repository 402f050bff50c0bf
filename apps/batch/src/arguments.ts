// Reading the arguments: a request to carry out, or an exit code when help, the version or a complaint was all there was.
import {
  type Application,
  type ApplicationText,
  ArgumentScannerError,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type CommandContext,
  ExitCode,
  formatMessageForArgumentScannerError,
  run,
  text_en,
  version,
} from '@stricli/core'
import { completionRoutes, HIDDEN } from '@weft/commands/completions/commands'
import { EXIT } from './exit-codes.ts'
import type { ConvFlags, DoctorFlags, ExplainFlags, OutputFlags, StatusFlags } from './flag-types.ts'
import {
  ALIASES,
  COMMANDS,
  CONV_FLAGS,
  DOCTOR_FLAGS,
  EXPLAIN_FLAGS,
  OUTPUT_COMMANDS,
  OUTPUT_FLAGS,
  STATUS_FLAGS,
} from './flags.ts'
import { helpFor } from './help.ts'
import {
  SUBMIT_CONV_FLAGS,
  SUBMIT_RUN_FLAGS,
  type SubmitConvFlags,
  type SubmitRunFlags,
  WORKER_FLAGS,
  type WorkerFlags,
} from './queue/flags.ts'
import type { Submission } from './queue/submit.ts'
import { RUN_FLAGS, type RunFlags } from './run/flags.ts'
import { COLUMNS, oneLine, wrap } from './text.ts'
import { VERSION } from './version.ts'

export type Request =
  | { readonly command: 'conv'; readonly flags: ConvFlags; readonly sources: readonly string[] }
  | { readonly command: 'run'; readonly flags: RunFlags; readonly model: string; readonly sources: readonly string[] }
  | { readonly command: 'explain'; readonly flags: ExplainFlags; readonly subject: string }
  | { readonly command: 'doctor'; readonly flags: DoctorFlags }
  | ({ readonly command: 'submit' } & Submission)
  | { readonly command: 'worker'; readonly flags: WorkerFlags }
  | { readonly command: 'status'; readonly flags: StatusFlags; readonly output: string | undefined }
  | { readonly command: 'failed' | 'merge'; readonly flags: OutputFlags; readonly output: string }

interface Context extends CommandContext {
  request?: Request
}

const INPUTS = {
  kind: 'array',
  minimum: 1,
  parameter: { parse: String, placeholder: 'INPUT', brief: 'a file, a folder, a pattern, a list' },
} as const
const MODEL_AND_INPUTS = {
  kind: 'array',
  minimum: 2,
  parameter: { parse: String, placeholder: 'MODEL INPUT', brief: 'an ONNX file, then files, folders, patterns, lists' },
} as const

const conv = buildCommand<ConvFlags, string[], Context>({
  func(flags, ...sources) {
    this.request = { command: 'conv', flags, sources }
  },
  parameters: {
    flags: CONV_FLAGS,
    aliases: ALIASES,
    positional: INPUTS,
  },
  docs: { brief: 'convolve pictures and tensors' },
})

const runModel = buildCommand<RunFlags, string[], Context>({
  func(flags, model, ...sources) {
    this.request = { command: 'run', flags, model, sources }
  },
  parameters: {
    flags: RUN_FLAGS,
    aliases: ALIASES,
    positional: MODEL_AND_INPUTS,
  },
  docs: { brief: 'run a network over pictures and tensors' },
})

const submitConv = buildCommand<SubmitConvFlags, string[], Context>({
  func(flags, ...sources) {
    this.request = { command: 'submit', work: 'conv', flags, sources }
  },
  parameters: { flags: SUBMIT_CONV_FLAGS, aliases: { o: 'output' }, positional: INPUTS },
  docs: { brief: 'put a convolution of pictures and tensors on a queue' },
})

const submitRun = buildCommand<SubmitRunFlags, string[], Context>({
  func(flags, model, ...sources) {
    this.request = { command: 'submit', work: 'run', flags, model, sources }
  },
  parameters: { flags: SUBMIT_RUN_FLAGS, aliases: { o: 'output' }, positional: MODEL_AND_INPUTS },
  docs: { brief: 'put a run of a network on a queue' },
})

const worker = buildCommand<WorkerFlags, [], Context>({
  func(flags) {
    this.request = { command: 'worker', flags }
  },
  parameters: { flags: WORKER_FLAGS, positional: { kind: 'tuple', parameters: [] } },
  docs: { brief: 'do what is on a queue' },
})

const explain = buildCommand<ExplainFlags, [string], Context>({
  func(flags, subject) {
    this.request = { command: 'explain', flags, subject }
  },
  parameters: {
    flags: EXPLAIN_FLAGS,
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, placeholder: 'MODEL|PROBLEM', brief: 'model.onnx, or a problem as in ic64ih56oc64kh3ph1' }],
    },
  },
  docs: { brief: 'what would run for a network or a convolution, and why' },
})

const doctor = buildCommand<DoctorFlags, [], Context>({
  func(flags) {
    this.request = { command: 'doctor', flags }
  },
  parameters: { flags: DOCTOR_FLAGS },
  docs: { brief: 'whether everything that weft stands on is well' },
})

const OUTPUT = { parse: String, placeholder: 'OUTPUT', brief: 'what -o was' } as const

/** Commands that look at an output. */
const about = (command: 'failed' | 'merge') =>
  buildCommand<OutputFlags, [string], Context>({
    func(flags, output) {
      this.request = { command, flags, output }
    },
    parameters: { flags: OUTPUT_FLAGS, positional: { kind: 'tuple', parameters: [OUTPUT] } },
    docs: { brief: OUTPUT_COMMANDS[command] },
  })

const status = buildCommand<StatusFlags, [string | undefined], Context>({
  func(flags, output) {
    this.request = { command: 'status', flags, output }
  },
  parameters: { flags: STATUS_FLAGS, positional: { kind: 'tuple', parameters: [{ ...OUTPUT, optional: true }] } },
  docs: { brief: OUTPUT_COMMANDS.status },
})

const text = (complaint: (message: string) => string): ApplicationText => ({
  ...text_en,
  exceptionWhileParsingArguments: (error) => complaint(error instanceof ArgumentScannerError ? sentence(error) : String(error)),
  noCommandRegisteredForInput: ({ input, corrections }) => {
    const guess =
      corrections.length === 0
        ? `there are ${COMMANDS.join(', ')}`
        : `did you mean ${corrections.join(' or ')}?`.replaceAll('`', '')
    return complaint(`there is no command ${oneLine(input)}; ${guess}`)
  },
})

const application = (complaint: (message: string) => string): Application<Context> => {
  const built: Application<Context> = buildApplication<Context>(
    buildRouteMap({
      routes: {
        conv,
        run: runModel,
        explain,
        submit: buildRouteMap({ routes: { conv: submitConv, run: submitRun }, docs: { brief: 'put a job on a queue' } }),
        worker,
        status,
        failed: about('failed'),
        merge: about('merge'),
        doctor,
        ...completionRoutes<Context>('weft', () => built),
      },
      docs: { brief: 'convolution over pictures and tensors, on every core', hideRoute: HIDDEN },
    }),
    {
      name: 'weft',
      scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
      documentation: { disableAnsiColor: true },
      localization: { text: text(complaint) },
    },
    {
      help: {
        flag: {
          brief: 'this text',
          global: true,
          complete: true,
          aliases: ['h'],
          defaultForRouteMap: true,
          run(_, { result }) {
            this.process.stdout.write(helpFor(result.prefix[1]))
          },
        },
      },
      version: version({ brief: 'the version', info: { currentVersion: `weft ${VERSION}` } }),
    },
  )
  return built
}

/** Answers help, version and mistakes itself. */
export async function readArguments(argv: readonly string[]): Promise<Request | number> {
  const { stdout, stderr } = process
  const own: Context & { process: { exitCode?: number | string | null } } = { process: { stdout, stderr } }
  const hint = COMMANDS.includes(argv[0]) ? `weft ${argv[0]} --help` : 'weft --help'
  const complaint = (message: string): string => wrap(`weft: ${message}; see ${hint}`, COLUMNS, '  ')
  await run(application(complaint), argv, own)
  const odd =
    own.request === undefined || argv.includes('--') ? undefined : positionals(own.request).find((one) => /^-./s.test(one))
  if (odd !== undefined) {
    stderr.write(`${complaint(`${oneLine(odd)} looks like a flag, and is none; put -- before names that begin with -`)}\n`)
    return EXIT.usage
  }
  if (own.request !== undefined) return own.request
  const code = own.process.exitCode
  if (code === ExitCode.Success) return EXIT.done
  return code === ExitCode.UnknownCommand || code === ExitCode.InvalidArgument ? EXIT.usage : EXIT.fatal
}

function positionals(request: Request): readonly string[] {
  if ('model' in request) return [request.model, ...request.sources]
  if ('sources' in request) return request.sources
  if ('subject' in request) return [request.subject]
  return 'output' in request && request.output !== undefined ? [request.output] : []
}

function sentence(error: ArgumentScannerError): string {
  return formatMessageForArgumentScannerError(error, {
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, input, exception }) =>
      `${/^[A-Z]/.test(name) ? name : `--${name}`} ${oneLine(input)}: ${exception instanceof Error ? exception.message : String(exception)}`,
    EnumValidationError: ({ externalFlagName: name, input, values }) => `--${name} ${oneLine(input)}: give ${values.join(', ')}`,
    UnsatisfiedFlagError: ({ externalFlagName: name, nextFlagName: next }) =>
      next === undefined ? `--${name} and its value are needed` : `--${name} lacks its value before --${next}`,
    UnsatisfiedPositionalError: ({ placeholder }) => `${placeholder} is needed`,
    UnexpectedFlagError: ({ externalFlagName: name, previousInput, input }) =>
      `--${name} is given twice, ${oneLine(previousInput)} and ${oneLine(input)}`,
    FlagNotFoundError: ({ input, corrections }) =>
      `there is no flag --${oneLine(input)}${corrections.length === 0 ? '' : `; did you mean --${corrections.join(' or --')}?`}`,
    AliasNotFoundError: ({ input }) => `there is no flag -${oneLine(input)}; put -- before names that begin with -`,
  })
}
