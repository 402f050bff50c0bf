// Completions in the shells themselves, of both commands as they were built: what stands on the line after a tab.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isInstalled, linesAfter } from './terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'weft-completions-'))
const env = { ...process.env, HOME: folder, PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter) }
const at = { cwd: folder, env }

/** Each tab starts the command anew, which on a busy machine adds up. */
const PATIENCE_MS = 180_000

beforeAll(() => {
  mkdirSync(join(folder, 'bin'))
  for (const [command, app] of Object.entries({ weft: 'batch', 'weft-bench': 'bench' })) {
    const main = resolve(import.meta.dirname, `../../apps/${app}/dist/main.js`)
    const path = join(folder, 'bin', command)
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
    chmodSync(path, 0o755)
  }
  for (const name of ['photo one.png', 'model.onnx']) writeFileSync(join(folder, name), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Typed, and what it becomes. */
const LINES: [typed: string, line: string][] = [
  ['weft comp\tb\t', 'weft completions bash '],
  ['weft run mod\t-o photo\t--padding-m\t', 'weft run model.onnx -o photo\\ one.png --padding-m'],
  ['weft conv photo\t--padding-m\tref\t', 'weft conv photo\\ one.png --padding-mode reflect '],
  ['weft run model.onnx --tier=avx5\t', 'weft run model.onnx --tier=avx512 '],
  ['weft-bench la\t--ti\tsim\t', 'weft-bench layers --tier simd128 '],
]
const SETTING_UP = {
  bash: 'source <(weft completions bash); source <(weft-bench completions bash)',
  zsh: 'source <(weft completions zsh); source <(weft-bench completions zsh)',
}

describe.each(['bash', 'zsh'] as const)('%s', (shell) => {
  it.skipIf(!isInstalled(shell) || !isInstalled('script'))(
    `completes commands, flags, values and files at a terminal (skipped where ${shell} is not installed)`,
    async () => {
      const lines = await linesAfter(
        shell,
        SETTING_UP[shell],
        LINES.map(([typed]) => typed),
        at,
      )
      expect(lines).toEqual(LINES.map(([, line]) => line))
    },
    PATIENCE_MS,
  )
})

describe('fish', () => {
  const completed = (line: string): string[] => {
    const script = 'weft completions fish | source; weft-bench completions fish | source; complete -C $argv[1]'
    const { status, stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script, line], { ...at, encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    return stdout.trimEnd().split('\n')
  }

  it.skipIf(!isInstalled('fish'))('completes commands, flags, values and files (skipped where fish is not installed)', () => {
    expect(completed('weft comp')).toEqual(['completions\tcompletions for a shell'])
    expect(completed('weft conv --padding-m')[0]).toMatch(/^--padding-mode\t/)
    expect(completed('weft conv --tier=avx5')).toEqual(['--tier=avx512'])
    expect(completed('weft run mod')).toEqual([expect.stringMatching(/^model\.onnx/)])
    expect(completed('weft-bench layers --tier sim')).toEqual(['simd128'])
  })
})
