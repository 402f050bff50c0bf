// weft explain of a network: its layers against hand-made counts, a profile and a trace of a real run, mistakes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, weft } from './helpers.ts'

const at = temporaryFolder()
const LENET = join(import.meta.dirname, '../digits/lenet.onnx')
const explain = (...args: string[]) => weft(['explain', LENET, ...args])

describe('weft explain of a network', () => {
  test('counts parameters and multiply-accumulates of every layer', async () => {
    const { stdout } = await explain('--json', '--tier', 'simd128')
    const { layers, shapes, tier } = JSON.parse(stdout)
    expect({ shapes, tier }).toEqual({ shapes: { image: [1, 1, 28, 28] }, tier: 'simd128' })
    const convs = layers.filter(({ kernel }: { kernel: string | null }) => kernel !== null)
    expect(convs.map(({ parameters, macs }: { parameters: number; macs: number }) => [parameters, macs])).toEqual([
      [8 * 25 + 8, 8 * 25 * 28 * 28],
      [16 * 8 * 25 + 16, 16 * 8 * 25 * 10 * 10],
      [400 * 96 + 96, 400 * 96],
      [96 * 10 + 10, 96 * 10],
    ])
    for (const { measuredMs } of layers) expect(measuredMs).toBeNull()
  })

  test('is of the tier that the environment names, unless another is asked for', async () => {
    const tiers = [[], ['--tier', 'scalar']].map(async (flags) => {
      const { stdout } = await weft(['explain', LENET, '--json', ...flags], undefined, { WEFT_TIER: 'simd128' })
      return JSON.parse(stdout).tier
    })
    expect(await Promise.all(tiers)).toEqual(['simd128', 'scalar'])
  })

  test('measures each layer, and traces what each worker did when', async () => {
    const { code, stdout } = await explain('--profile', '--trace', at('trace.json'), '--threads', '2', '--json')
    expect(code).toBe(0)
    const { layers, profile } = JSON.parse(stdout)
    for (const { measuredMs } of layers) expect(measuredMs).toBeGreaterThan(0)
    expect(profile).toMatchObject({ threads: 2, runs: expect.any(Number) })
    const { traceEvents } = JSON.parse(readFileSync(at('trace.json'), 'utf8'))
    const bars = traceEvents.filter(({ ph }: { ph: string }) => ph === 'X')
    const steps = new Set(bars.map(({ args }: { args: { step: number } }) => args.step))
    expect(steps.size).toBe(layers.length)
    for (const { name, ts, dur, tid } of bars) {
      expect(name).toMatch(/^(Conv|MaxPool|Gemm|Relu|Softmax) '/)
      expect([ts >= 0, dur > 0, [0, 1].includes(tid)]).toEqual([true, true, true])
    }
  })

  test('says what each pass did, at 80 columns', async () => {
    const { stdout } = await explain('--passes', '--shape', '3x1x28x28', '--tier', 'simd128')
    expect(stdout).toMatch(/fuse-activation +2 changes, 9 nodes left/)
    expect(stdout).toMatch(/ 1 change, \d+ nodes left/)
    expect(stdout).toMatch(/shown for +image \(3, 1, 28, 28\), tier simd128/)
    expect(stdout).toMatch(/3x8x28x28 +208 +470 k/)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test.each([
    [['--shape', 'y=1x1x28x28'], /name the input as in x=1x1x28x28; lenet\.onnx has image/],
    [['--shape', '1x3x28x28'], /input 'image' has shape \(1, 3, 28, 28\)/],
    [['--shape', '1x0'], /give sizes as in 1x3x224x224/],
  ])('refuses %j', async (args, sentence) => {
    const { code, stderr } = await explain(...args)
    expect(code).not.toBe(0)
    expect(stderr.replace(/\s+/g, ' ')).toMatch(sentence)
  })
})
