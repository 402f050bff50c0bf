import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Report } from '../src/result.ts'
import { parseCsv } from './parse-csv.ts'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'weft-bench-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function benchWith(nodeFlags: string[], ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...nodeFlags, MAIN, ...args], (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}
const bench = (...args: string[]) => benchWith([], ...args)
const QUICK = ['--min-ms', '1', '--min-runs', '1', '--threads', '1,2']

describe('weft-bench scale', () => {
  it('prints a table and writes JSON and CSV with all fields', async () => {
    const [json, csv] = [join(folder, 'a.json'), join(folder, 'a.csv')]
    const problem = 'g2ic8ih9oc6kh3sh2ph1n"tiny*3"'
    // Some fields are of a peak, which the tier without vectors does not have.
    const files = ['--json', json, '--csv', csv]
    const { code, stdout, stderr } = await bench('scale', problem, ...QUICK, '--tier', 'simd128', ...files)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    expect(stdout).toMatch(/^weft-bench \d/)
    expect(stdout).toMatch(/^channels +2 /m)
    expect(stdout).toMatch(/^items +2 /m)

    const report = JSON.parse(readFileSync(json, 'utf8')) as Report
    expect(report).toMatchObject({
      tool: 'weft-bench',
      format: 2,
      failures: 0,
      settings: { threads: [1, 2], minMs: 1, minRuns: 1, rounds: 5 },
    })
    expect(report.command).toMatch(/^weft-bench scale 'g2ic8.*' --threads 1,2 --tier /)
    expect(report.machine.cores).toBeGreaterThan(0)
    expect(report.machine.cpu.length).toBeGreaterThan(0)
    expect(report.machine.node).toBe(process.versions.node)
    expect(Date.parse(report.date)).toBeGreaterThan(0)
    expect(report.tier.why.length).toBeGreaterThan(0)
    expect(report.peak.gflopsPerCore).toBeGreaterThan(0)
    expect(report.copy.gbPerSecond).toBeGreaterThan(0)
    expect(report.engines.map(({ threads }) => threads)).toEqual([1, 2])
    const [one] = report.targets[0].cases
    expect(one).toMatchObject({
      problem,
      name: 'tiny*3',
      count: 3,
      xShape: [1, 8, 9, 9],
      yShape: [1, 6, 5, 5],
      trouble: null,
      flops: 2 * one.macs,
    })
    expect(one.macs).toBe(6 * 4 * 9 * 25)
    expect(one.rows.map(({ mode, threads, batch }) => [mode, threads, batch])).toEqual([
      ['channels', 1, 1],
      ['channels', 2, 1],
      ['items', 1, 1],
      ['items', 2, 2],
    ])
    for (const row of one.rows) {
      expect(row).toMatchObject({ kernel: one.kernel, identical: true, trouble: null })
      for (const value of [row.prepareMs, row.firstRunMs, ...Object.values(row.figures ?? {})]) expect(value).toBeGreaterThan(0)
      expect(Object.keys(row.ms ?? {}).sort()).toEqual(
        ['deviation', 'mad', 'max', 'mean', 'min', 'p1', 'p10', 'p25', 'p5', 'p50', 'p75', 'p90', 'p95', 'p99', 'runs'].sort(),
      )
    }

    const rows = parseCsv(readFileSync(csv, 'utf8'))
    expect(rows.map(({ problem, mode, threads }) => [problem, mode, threads])).toEqual(
      one.rows.map((row) => [problem, row.mode, String(row.threads)]),
    )
    expect(Number(rows[0].median_ms)).toBe(one.rows[0].ms?.p50)
    expect(readdirSync(folder).sort()).toEqual(['a.csv', 'a.json'])
  })

  it('runs transposed, 1-D and 3-D problems on the tier, kernel and way that are asked for', async () => {
    const problems = ['tr1ic4ih5oc6kh3sh2ph1', 'ic4iw33oc6kw5', 'ic4id5ih6oc3kd3kh3pd1ph1']
    const flags = ['--tier', 'scalar', '--kernel', 'f32-scalar', '--mode', 'items', '--json', '-']
    const { code, stdout } = await bench('scale', ...problems, ...QUICK, ...flags)
    expect(code).toBe(0)
    const report = JSON.parse(stdout) as Report
    expect(report).toMatchObject({ tier: { name: 'scalar' }, peak: { gflopsPerCore: null }, failures: 0 })
    expect(report.targets.map(({ cases }) => cases[0].yShape)).toEqual([
      [1, 6, 9, 9],
      [1, 6, 29],
      [1, 3, 5, 6, 6],
    ])
    expect(report.targets.flatMap(({ cases }) => cases[0].rows.map(({ kernel, mode }) => `${kernel} ${mode}`))).toEqual(
      new Array(6).fill('f32-scalar items'),
    )
  })

  it('exits with 1 where a problem cannot run, and tells why, and runs the others', async () => {
    const args = ['ic8ih9oc8kh3', 'ic8ih8oc8kh1', ...QUICK, '--tier', 'simd128', '--kernel', 'f32-pointwise', '--quiet']
    const { code, stdout, stderr } = await bench('scale', ...args)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^FAILED +kernel f32-pointwise refuses: /m)
    expect(stdout).toMatch(/^items +2 /m)
  })

  it('exits with 2 for what it does not understand, with a sentence and nothing on standard output', async () => {
    const wrong: [string[], RegExp][] = [
      [['scale'], /lecture, mix, mobilenetv2, resnet50, vgg16/],
      [['scale', 'no-such-suite'], /'no-such-suite'/],
      [['scale', 'ic8ih8oc8kh1', '--threads', '0'], /'0' is not a list/],
      [['scale', 'ic8ih8oc8kh1', '--tier', 'fastest'], /fastest/],
      [['scale', 'ic8ih8oc8kh1', '--kernel', 'best'], /'best' is unknown/],
      [['scale', 'ic8ih8oc8kh1', '--min-runs', '0'], /at least 1/],
      [['scale', 'ic8ih8oc8kh1', '--json', join(folder, 'none', 'a.json')], /there is no folder/],
      [['scale', 'ic8ih8oc8kh1', '--nope'], /nope/],
      [['scala'], /scala/],
    ]
    const ended = await Promise.all(wrong.map(([args]) => bench(...args)))
    for (const [index, [args, sentence]] of wrong.entries()) {
      const { code, stdout, stderr } = ended[index]
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' })
      expect(stderr).toMatch(sentence)
      expect(stderr).not.toMatch(/\n +at /)
    }
  })

  it('teaches with --help, lists with --list', async () => {
    const [top, help, list] = await Promise.all([bench('--help'), bench('scale', '--help'), bench('scale', '--list')])
    expect([top.code, help.code, list.code]).toEqual([0, 0, 0])
    for (const { stdout } of [top, help]) expect(stdout).toContain("weft-bench scale 'ic64ih56oc64kh3ph1'")
    for (const word of ['groups', 'stride', 'dilation', 'EXIT CODES', '--min-ms', 'resnet50']) expect(help.stdout).toContain(word)
    expect(list.stdout).toMatch(/^resnet50 +23 problems/m)
  })

  it.each([[], ['scale'], ['layers'], ['model'], ['report'], ['compare'], ['completions']])(
    'fits its help into 80 columns: %j',
    async (...words) => {
      const { code, stdout } = await bench(...words, '--help')
      const flags = new Set(stdout.match(/--[a-z][\w-]+/g))
      expect([code, flags.has('--help')]).toEqual([0, true])
      for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    },
  )

  it('says what it needs on an older Node, in one line', async () => {
    const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })"
    const { code, stdout, stderr } = await benchWith(
      ['--import', `data:text/javascript,${encodeURIComponent(older)}`],
      'scale',
      '--list',
    )
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: 'weft-bench needs Node 22 or newer (24 is fastest); this is 20.20.2. Get one from https://nodejs.org\n',
    })
  })
})
