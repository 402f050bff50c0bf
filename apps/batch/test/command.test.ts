// The command line: help, version, mistakes, what goes to which stream, explain.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tooOld } from '@weft/commands/node-version'
import { beforeAll, describe, expect, test } from 'vitest'
import { PRESET_NAMES } from '../src/conv/presets.ts'
import { CONV_FLAGS, EXPLAIN_FLAGS } from '../src/flags.ts'
import { jsonLines, PLAIN, randomPicture, temporaryFolder, weft, writePicture } from './helpers.ts'

const at = temporaryFolder()
beforeAll(async () => {
  await writePicture(at('in/a.png'), randomPicture(3, 10, 10))
  await writePicture(at('in/b.png'), randomPicture(3, 10, 12))
})

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))
const kebab = (name: string): string => `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`

describe('help', () => {
  test('names every flag and kernel, with examples, in 80 columns', async () => {
    const [conv, explain, all] = await Promise.all([weft(['conv', '--help']), weft(['explain', '-h']), weft([])])
    for (const name of Object.keys(CONV_FLAGS)) expect(conv.stdout).toContain(kebab(name))
    for (const name of PRESET_NAMES) expect(conv.stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
    for (const name of Object.keys(EXPLAIN_FLAGS)) expect(explain.stdout).toContain(kebab(name))
    for (const { code, stdout, stderr } of [conv, explain, all]) {
      expect([code, stderr, widest(stdout) <= 80]).toEqual([0, '', true])
      expect(stdout).toMatch(/^(EXAMPLES|TRY)$/m)
    }
  })

  test('the version is the one of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(await weft(['--version'])).toMatchObject({ code: 0, stdout: `weft ${version}\n` })
  })
})

const MISTAKES: [args: string, sentence: RegExp][] = [
  ['conv in --kernel blur', /--output and its value are needed/],
  ['conv -o out --kernel blur', /INPUT is needed/],
  ['conv in -o out', /give --kernel NAME or --weight TENSOR/],
  ['conv in -o out --kernel blur --weight w.npy', /give one of them/],
  ['conv in -o out --kernel blurr', /--kernel blurr: give identity, blur/],
  ['conv in -o out --kernel blur --bias b.npy', /--bias goes with --weight/],
  ['conv in -o out --kernel blur --strid 2', /no flag --strid; did you mean --stride/],
  ['conv in -o out --kernel blur --stride 0', /--stride 0: give a whole number from 1/],
  ['conv in -o out --kernel blur --stride 1.5', /--stride 1\.5: give/],
  ['conv in -o out --kernel blur --threads -3', /--threads -3: give a whole number from 1 to 1024/],
  ['conv in -o out --kernel blur --threads 1e3', /--threads 1e3/],
  ['conv in -o out --kernel blur --padding half', /--padding half: give same, valid/],
  ['conv in -o out --kernel blur --tier fast', /--tier fast: give auto/],
  ['conv in -o out --kernel blur --tier=', /--tier= looks like a flag/],
  ['conv in -o out --kernel blur --format gif', /--format gif: give png/],
  ['conv in -o out --kernel blur --quality 50', /--quality goes with/],
  ['conv in -o out --kernel blur --kernel edge', /--kernel is given twice/],
  ['conv in -o out --kernel blur -z', /no flag -z/],
  ['conv in -o out --weight w.npy --activation tanh', /--activation tanh: give/],
  ['conf in', /no command conf; did you mean conv/],
  ['convolve in', /no command convolve; there are conv, run, explain, submit, worker, status,/],
  ['completions tcsh', /SHELL tcsh: give bash, zsh, fish/],
  ['explain', /MODEL\|PROBLEM is needed/],
  ['explain ic64', /PROBLEM: problem 'ic64' lacks/],
  ['explain ic4ih4oc4kh9', /SHAPE: .*does not fit/],
]

describe('a mistake ends with exit code 2, a sentence, and nothing on standard output', () => {
  // Side by side in pairs: each is a process of its own that does next to nothing.
  test.concurrent.each(MISTAKES)('%s', async (args, sentence) => {
    const { code, stdout, stderr } = await weft(args.split(' '), at('.'))
    expect([code, stdout, widest(stderr) <= 80]).toEqual([2, '', true])
    expect(stderr.replaceAll(/\n\s*/g, ' ')).toMatch(sentence)
    expect(stderr).not.toMatch(/\bat .*\.ts:/)
  })
})

describe('streams', () => {
  let runs = 0
  const run = (...flags: string[]): ReturnType<typeof weft> =>
    weft(['conv', 'in', '-o', `out${runs++}`, '--kernel', 'blur', ...flags], at('.'))

  test('a summary for people: items, rates, sizes, threads, tier, where', async () => {
    const { code, stdout, stderr } = await run('--threads', '2')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^2 of 2 items done\n[\d.]+ s, [\d.]+ items\/s, [\d.]+ MB read, [\d.]+ MB written\n2 threads, items in parallel, tier \w+\nresults: out\d\n$/,
    )
  })

  test('json: a line an item and a summary, and nothing else', async () => {
    const { code, stdout, stderr } = await run('--json', '--tier', 'simd128')
    const lines = jsonLines(stdout)
    expect([code, stderr, lines.length]).toEqual([0, '', 3])
    expect(lines.slice(0, 2).sort((a, b) => String(a.input).localeCompare(String(b.input)))).toMatchObject([
      { type: 'item', input: 'in/a.png', output: 'out1/a.png', ok: true, shape: [3, 10, 10] },
      { type: 'item', input: 'in/b.png', output: 'out1/b.png', ok: true, shape: [3, 10, 12] },
    ])
    expect(lines[2]).toMatchObject({
      type: 'summary',
      items: 2,
      done: 2,
      failed: 0,
      tier: 'simd128',
      folder: 'out1',
      exitCode: 0,
    })
    expect(Object.keys(lines[2])).toEqual(
      expect.arrayContaining(['seconds', 'itemsPerSecond', 'bytesRead', 'bytesWritten', 'threads', 'parallel']),
    )
  })

  test('quiet says nothing, verbose says why', async () => {
    expect(await run('--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const { stdout, stderr } = await run('--verbose', '--quiet', '--tier', 'simd128', '--threads', '1')
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^1 thread, items in parallel, tier simd128$/m)
    expect(stderr).toMatch(/^ {2}simd128: .*verified/m)
    expect(stderr).toMatch(/^ {2}f32-\S+ runs \(3, 10, 1\d\) to/m)
    expect(widest(stderr)).toBeLessThanOrEqual(80)
  })

  test('fewer files than threads share each one, unless told', async () => {
    const parallel = async (...flags: string[]): Promise<unknown> =>
      jsonLines((await run('--json', ...flags)).stdout).at(-1)?.parallel
    expect(
      await Promise.all([
        parallel('--threads', '3', '--tier', 'simd128'),
        parallel('--threads', '3', '--parallel', 'items', '--tier', 'simd128'),
      ]),
    ).toEqual(['channels', 'items'])
  })

  test('colours only where they are asked for', async () => {
    const [plain, forced, none] = await Promise.all([
      run(...PLAIN),
      weft(['conv', 'in', '-o', 'o2', '--kernel', 'blur', ...PLAIN], at('.'), { FORCE_COLOR: '1', NO_COLOR: '' }),
      weft(['conv', 'in', '-o', 'o3', '--kernel', 'blur', ...PLAIN], at('.'), { FORCE_COLOR: '1', NO_COLOR: '1' }),
    ])
    expect([plain, forced, none].map(({ stdout }) => stdout.includes('\u001b['))).toEqual([false, true, false])
  })
})

describe('explain', () => {
  test('prints shapes, cost, the kernel and the refusals, in 80 columns', async () => {
    const { code, stdout, stderr } = await weft(['explain', 'ic64ih56oc64kh3ph1', '--tier', 'relaxed'])
    expect([code, stderr, widest(stdout) <= 80]).toEqual([0, '', true])
    expect(stdout).toMatch(/^y +\(1, 64, 56, 56\)$/m)
    expect(stdout).toMatch(/^multiply-accumulates +115,605,504$/m)
    expect(stdout).toMatch(/^kernel +f32-/m)
    expect(stdout).toMatch(/f32-pointwise: the kernel is 3x3/)
  })

  test('explains the tier that conv runs', async () => {
    const [explained, run] = await Promise.all([
      weft(['explain', 'ic4ih8oc6kh3', '--json', '--tier', 'wasm']),
      weft(['conv', 'in', '-o', 'tier', '--kernel', 'blur', '--json', '--tier', 'wasm'], at('.')),
    ])
    const tiers = [jsonLines(explained.stdout)[0].tier, jsonLines(run.stdout).at(-1)?.tier]
    // A busy machine may hide what pairing gains from one of them.
    expect(['paired', 'relaxed', 'simd128']).toEqual(expect.arrayContaining(tiers))
    expect(jsonLines(explained.stdout)[0].tierWhy).toEqual(expect.arrayContaining([expect.stringMatching(/verified/)]))
  })

  test('the same as JSON', async () => {
    const { code, stdout } = await weft(['explain', 'g2mb3ic4ih8oc6kh3n"small"', '--json', '--tier', 'scalar'])
    expect([code, jsonLines(stdout).length]).toEqual([0, 1])
    expect(jsonLines(stdout)[0]).toMatchObject({
      name: 'small',
      tier: 'scalar',
      descriptor: { yShape: [3, 6, 6, 6] },
      kernel: expect.any(String),
    })
  })
})

test('an older Node is told what is needed, before anything else is loaded', () => {
  const main = readFileSync(join(import.meta.dirname, '../src/main.ts'), 'utf8')
  const loaded = [...main.matchAll(/^import .* from '(.*)'$/gm)].map(([, from]) => from)
  expect([main.startsWith('#!/usr/bin/env node\n'), loaded]).toEqual([true, ['node:os', '@weft/commands/node-version']])
  expect(tooOld('weft', '20.20.2')).toMatch(/^weft needs Node 22 or newer .*20\.20\.2/)
  expect([tooOld('weft', '22.0.0'), tooOld('weft', '24.21.0')]).toEqual([null, null])
})
