// What `--help` says: made from the flags themselves, at 80 columns.

import { completionsHelp } from '@weft/commands/completions/commands'
import { PRESETS } from './conv/presets.ts'
import { EXIT_TEXT } from './exit-codes.ts'
import { CONV_FLAGS, CONV_SECTIONS, DOCTOR_FLAGS, EXPLAIN_FLAGS, OUTPUT_COMMANDS, OUTPUT_FLAGS, STATUS_FLAGS } from './flags.ts'
import { AGAIN, COMMON, flagRow, flagSections, type Row, SOURCES, section } from './help-parts.ts'
import { submitHelp, workerHelp } from './queue/help.ts'
import { runHelp } from './run/help.ts'
import { table, wrap } from './text.ts'
import { VERSION } from './version.ts'

/** Help of the command that is named, or of all. */
export function helpFor(command: string | undefined): string {
  return `${textFor(command)}\n`
}

function textFor(command: string | undefined): string {
  if (command === 'conv') return conv()
  if (command === 'run') return runHelp()
  if (command === 'explain') return explain()
  if (command === 'submit') return submitHelp()
  if (command === 'worker') return workerHelp()
  if (command === 'doctor') return doctor()
  if (command === 'completions') return completions()
  return isAbout(command) ? about(command) : overview()
}

function overview(): string {
  return [
    `weft ${VERSION}: convolution over pictures and tensors, on every core`,
    section('USAGE', [
      '  weft run MODEL INPUT... -o OUTPUT             run a network over files',
      '  weft conv INPUT... -o OUTPUT --kernel NAME    convolve files and folders',
      '  weft explain MODEL                            its layers, kernels and times',
      '  weft status OUTPUT                            how far a run is',
      '  weft failed OUTPUT                            what failed, as a list',
      '  weft merge OUTPUT                             check and join shards',
      '  weft submit conv|run ... --queue URL          put a job on a queue',
      '  weft worker --queue URL                       do what is on a queue',
      '  weft doctor                                   whether all is well here',
      '  weft completions SHELL                        for bash, zsh or fish',
      '  weft COMMAND --help                           all about a command',
      '  weft --version',
    ]),
    section('TRY', [
      '  weft run model.onnx photos/ -o out/',
      '  weft conv photos/ -o out/ --kernel sobel',
      '  weft explain ic64ih56oc64kh3ph1',
    ]),
  ].join('\n\n')
}

function conv(): string {
  const values =
    'Pictures are read as numbers from 0 (black) to 1 (white) and computed in float32. Written as pictures, numbers below 0 become ' +
    '0, above 1 become 1, and the rest is rounded to 8 bits; npy and safetensors keep every number as it is.'
  return [
    'weft conv: convolve pictures and tensors, each to a file of its own',
    section('USAGE', [
      '  weft conv INPUT... -o OUTPUT --kernel NAME [flags]',
      '  weft conv INPUT... -o OUTPUT --weight TENSOR [--bias TENSOR] [flags]',
    ]),
    wrap(SOURCES),
    wrap(AGAIN),
    section('EXAMPLES', [
      '  weft conv photos/ -o out/ --kernel sobel',
      '  weft conv a.jpg b.png -o out/ --kernel blur --format jpg --quality 85',
      '  weft conv photos/ -o small/ --kernel blur --stride 2',
      '  weft conv in/ -o out/ --weight w.safetensors:conv1.weight \\',
      '      --bias w.safetensors:conv1.bias --stride 2 --padding 1 --format npy',
      '  weft conv in/ -o out/ --kernel edge --json > log.jsonl',
      "  weft conv 'scans/**/*.tif' -o all.npz --kernel blur",
      '  weft failed out | weft conv - -o out/ --kernel edge',
    ]),
    section('KERNELS', [table(Object.entries(PRESETS).map(([name, { about }]): Row => [name, about]))]),
    section('NUMBERS', [wrap(`  ${values}`, 80, '  ')]),
    ...flagSections(CONV_SECTIONS, CONV_FLAGS),
    section('EXIT CODES', [table(EXIT_TEXT)]),
  ].join('\n\n')
}

function isAbout(command: string | undefined): command is keyof typeof OUTPUT_COMMANDS {
  return command !== undefined && Object.hasOwn(OUTPUT_COMMANDS, command)
}

function about(command: keyof typeof OUTPUT_COMMANDS): string {
  const queue = command === 'status' ? ['  weft status --queue URL [--json]'] : []
  return [
    wrap(`weft ${command}: ${OUTPUT_COMMANDS[command]}`),
    section('USAGE', [`  weft ${command} OUTPUT [--json]`, ...queue]),
    section('FLAGS', [
      table([
        ...Object.entries(command === 'status' ? STATUS_FLAGS : OUTPUT_FLAGS).map(([name, flag]) => flagRow(name, flag)),
        ...COMMON,
      ]),
    ]),
  ].join('\n\n')
}

function doctor(): string {
  const looks =
    'Looks at Node, the processors and memory that the process may use (the limits of its cgroup too), the tier in force and why faster ones ' +
    'are not, ffmpeg, and the Redis of a queue; then runs every kernel on every tier that is to be had, by every thread, and holds the results against the ' +
    'definition in float64, which takes some seconds. A note is something that works, and may not be what was wanted.'
  return [
    'weft doctor: whether everything that weft stands on is well',
    section('USAGE', ['  weft doctor [--queue URL] [--json]']),
    wrap(looks),
    section('FLAGS', [table([...Object.entries(DOCTOR_FLAGS).map(([name, flag]) => flagRow(name, flag)), ...COMMON])]),
    section('EXIT CODES', [
      table([
        ['0', 'all is well, notes or not'],
        ['1', 'something is not; it is named'],
        ['2', 'a flag cannot be used, or this Node is too old'],
      ]),
    ]),
  ].join('\n\n')
}

function completions(): string {
  return [
    'weft completions: completions for a shell',
    section('USAGE', ['  weft completions SHELL']),
    completionsHelp('weft'),
    section('FLAGS', [table([...COMMON])]),
  ].join('\n\n')
}

function explain(): string {
  const network =
    'Of MODEL, an ONNX file: what it takes and gives, and a table of its layers: output shape, parameters, multiply-accumulates, the kernel ' +
    'and its estimate, with totals and the memory of a run. Sizes that may vary are taken as 1, heights and widths as 224, unless ' +
    '--shape tells.'
  const problem =
    'Of PROBLEM, a text of keys and numbers as benchdnn writes them, the shapes, the cost and the kernel of a convolution, what each ' +
    'other kernel would take, or why it refuses: mb batch, ic and oc channels, ih iw input, kh kw kernel, sh sw stride, ph pw ' +
    'padding, dh dw dilation (0 is none), g groups, id kd sd pd dd the depth of 3-D, tr1 transposed. What the width leaves out is as ' +
    'the height.'
  return [
    'weft explain: what would run for a network or a convolution, and why',
    section('USAGE', ['  weft explain MODEL [flags]', '  weft explain PROBLEM [--tier NAME] [--json]']),
    wrap(network),
    wrap(problem),
    section('EXAMPLES', [
      '  weft explain model.onnx --profile',
      '  weft explain model.onnx --shape 1x3x640x480 --passes',
      '  weft explain model.onnx --trace trace.json',
      '  weft explain ic64ih56oc64kh3ph1',
      '  weft explain g32ic32ih112oc32kh3sh2ph1 --tier simd128',
      '  weft explain ic3iw16000oc64kw400sw160 --json',
    ]),
    section('FLAGS', [table([...Object.entries(EXPLAIN_FLAGS).map(([name, flag]) => flagRow(name, flag)), ...COMMON])]),
  ].join('\n\n')
}
