import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { LayersReport } from '../../src/layers/result.ts'
import type { Where } from '../../src/where.ts'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'weft-bench-layers-'))
afterAll(() => rmSync(folder, { recursive: true }))

function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: folder }
    const child = execFile(process.execPath, [MAIN, ...args], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}
const QUICK = ['--min-ms', '1', '--min-runs', '1', '--threads', '1,2', '--quiet']
const SMALL = [
  'ic8ih9oc6kh3sh2ph1n"small"',
  'g4ic4ih9oc4kh3ph1',
  'tr1ic4ih5oc6kh3sh2ph1',
  'ic4id5ih6oc3kd3kh3pd1ph1',
  'ic4iw33oc6kw5',
]

describe('weft-bench layers', () => {
  it('measures weft alone and writes rows with all that a reader needs', async () => {
    const [json, suite] = [join(folder, 'out.json'), join(folder, 'small.txt')]
    writeFileSync(suite, SMALL.join('\n'))
    const { code, stdout, stderr } = await bench('layers', '--suite', suite, ...QUICK, '--batch', '2', '--json', json)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    const report = JSON.parse(readFileSync(json, 'utf8')) as LayersReport
    expect(report).toMatchObject({ tool: 'weft-bench layers', format: 4, geomean: {}, failures: 0 })
    expect(report.machine.limits[2].copies.length).toBeGreaterThan(1)
    expect(report.rows).toHaveLength(2 * SMALL.length)
    for (const row of report.rows) {
      expect(row).toMatchObject({ impl: 'weft', trouble: null, unsupported: null, kernel: expect.stringMatching(/^f32-/) })
      const { compute, barrier, dispatch, ...nothing } = row.where as Where
      expect(nothing).toEqual({})
      expect(compute).toBeGreaterThan(0)
      expect(Math.min(barrier, dispatch)).toBeGreaterThanOrEqual(0)
      for (const value of [row.medianMs, row.bestMs, row.gflops, row.runs]) expect(value).toBeGreaterThan(0)
      expect(row.error).toBeLessThan(1e-6)
    }
    expect(report.layers[0]).toMatchObject({ name: 'small', classes: ['other'], macs: 2 * 6 * 8 * 9 * 25 })
    // Nothing is left of the tensors that went between the processes.
    expect(readdirSync(folder)).toEqual(['out.json', 'small.txt'])
  })

  it('says what it does not understand, and what is missing, before anything runs', async () => {
    const wrong: [string[], RegExp][] = [
      [['--peers', 'onnx'], /there is no peer 'onnx'/],
      [['--suite', 'no-such-suite'], /'no-such-suite'/],
      [['--batch', '1.5'], /whole number/],
      [['--json', join(folder, 'none', 'a.json')], /there is no folder/],
    ]
    for (const [args, sentence] of wrong) {
      const { code, stdout, stderr } = await bench('layers', ...args)
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' })
      expect(stderr).toMatch(sentence)
      expect(stderr).not.toMatch(/\n +at /)
    }
  })

  it('teaches with --help', async () => {
    const { code, stdout } = await bench('layers', '--help')
    expect(code).toBe(0)
    for (const word of ['onnxruntime-node', '--peers', '--batch', 'heldback', 'EXIT CODES']) expect(stdout).toContain(word)
    for (const line of stdout.split('FLAGS')[0].split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })
})
