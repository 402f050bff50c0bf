import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { type FileNetwork, onnxFile } from '../../../../packages/model/test/onnx-file.ts'
import type { ModelReport } from '../../src/model/result.ts'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const PHOTOS = fileURLToPath(new URL('../../../batch/photos/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'weft-bench-model-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: folder }
    const child = execFile(process.execPath, [MAIN, ...args], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

/** The mean of each of 4 convolutions' outputs, as scores. */
const NETWORK: FileNetwork = {
  inputs: [{ name: 'x', shape: ['n', 3, 8, 8] }],
  outputs: [{ name: 'y' }],
  nodes: [
    { op: 'Conv', inputs: ['x', 'w'], outputs: ['maps'] },
    { op: 'GlobalAveragePool', inputs: ['maps'], outputs: ['means'] },
    { op: 'Flatten', inputs: ['means'], outputs: ['y'] },
  ],
  constants: { w: { dims: [4, 3, 3, 3], values: Array.from({ length: 108 }, (_, i) => Math.sin(i)) } },
}
writeFileSync(at('classes.onnx'), onnxFile(NETWORK))
writeFileSync(at('map.onnx'), onnxFile({ ...NETWORK, outputs: [{ name: 'maps' }], nodes: NETWORK.nodes.slice(0, 1) }))
const QUICK = ['--min-ms', '1', '--min-runs', '5', '--tier', 'simd128', '--quiet']

describe('weft-bench model', () => {
  it('measures one item and the batch, and writes rows with all that a reader needs', async () => {
    const flags = ['--threads', '1', '--items', '9', '--pictures', PHOTOS, '--json', at('out.json')]
    const { code, stdout, stderr } = await bench('model', at('classes.onnx'), ...QUICK, ...flags)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/batch of 9 +threads items\/s/)
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    const report = JSON.parse(readFileSync(at('out.json'), 'utf8')) as ModelReport
    expect(report).toMatchObject({
      tool: 'weft-bench model',
      format: 1,
      model: { name: 'classes.onnx', shapes: { x: [1, 3, 8, 8] } },
      latencyRatios: {},
      failures: 0,
    })
    const [row] = report.latency
    expect(row).toMatchObject({ impl: 'weft', threads: 1, error: 0, trouble: null })
    expect(row.runs).toBeGreaterThanOrEqual(5)
    expect(row.bestMs).toBeLessThanOrEqual(row.medianMs as number)
    expect(row.p95Ms).toBeGreaterThanOrEqual(row.medianMs as number)
    expect(report.batch).toMatchObject({ items: 9, left: null, rows: [{ impl: 'weft', threads: 1, trouble: null }] })
    expect(report.batch.rows[0].seconds).toHaveLength(3)
    // Nothing is left of what went between the processes.
    expect(readdirSync(folder).sort()).toEqual(['classes.onnx', 'map.onnx', 'out.json'])
  })

  it('holds thread counts against each other, and says why there is no batch', async () => {
    const { code, stdout } = await bench('model', at('map.onnx'), ...QUICK, '--threads', '1,2', '--json', '-')
    const { latency, batch } = JSON.parse(stdout) as ModelReport
    expect({ code, batch }).toEqual({ code: 0, batch: { items: 300, left: 'map.onnx gives no list of scores', rows: [] } })
    expect(latency.map(({ threads, error, trouble }) => ({ threads, error, trouble }))).toEqual([
      { threads: 1, error: 0, trouble: null },
      { threads: 2, error: 0, trouble: null },
    ])
  })

  it('says what it does not understand, and what is missing, before anything runs', async () => {
    const wrong: [string[], RegExp][] = [
      [[at('none.onnx')], /none\.onnx/],
      [[at('map.onnx'), '--peers', 'pytorch'], /pytorch runs no ONNX files/],
      [[at('map.onnx'), '--shape', 'y=1x3x8x8'], /name the input as in x=1x3x8x8/],
      [[at('map.onnx'), '--shape', '1x4x8x8'], /input 'x' has shape/],
      [[at('map.onnx'), '--pictures', at('nowhere')], /--pictures .*nowhere is not there/],
      [[at('map.onnx'), '--json', at('no/out.json')], /there is no folder/],
    ]
    for (const [args, sentence] of wrong) {
      const { code, stdout, stderr } = await bench('model', ...args, ...QUICK)
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' })
      expect(stderr).toMatch(sentence)
      expect(stderr).not.toMatch(/\n +at /)
    }
  })

  it('teaches with --help', async () => {
    const { code, stdout } = await bench('model', '--help')
    expect(code).toBe(0)
    for (const word of ['onnxruntime-node', '--shape', '--pictures', '--items', 'EXIT CODES']) expect(stdout).toContain(word)
    for (const line of stdout.split('FLAGS')[0].split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })
})
