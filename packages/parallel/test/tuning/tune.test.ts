import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { candidatesFor, Tensor, TIERS } from '@weft/core'
import { type Engine, open, type TuneLayer } from '@weft/parallel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'weft-tuning-'))
const file = join(folder, 'tuning.json')
const OPTIONS = { threads: 2, tier: 'relaxed' as const }
const weight = Tensor.full([8, 8, 3, 3], 0.5)
const layers: TuneLayer[] = [
  { x: [8, 20, 20], params: { weight } },
  { x: [8, 9, 9], params: { weight: Tensor.full([8, 4, 2, 2], 0.5), stride: 2 }, transposed: true },
]
let engine: Engine

/** The file with other numbers or settings in it. */
function rewrite(change: (text: string) => string): string {
  const path = join(folder, 'rewritten.json')
  writeFileSync(path, change(readFileSync(file, 'utf8')))
  return path
}

async function infoOf(tuning: string) {
  await using other = await open({ ...OPTIONS, tuning })
  await using layer = await other.prepare({ weight }, [8, 20, 20])
  return { ...other.info.tuning, kernel: layer.selection.kernel }
}

beforeAll(async () => {
  engine = await open(OPTIONS)
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

describe('tuning', () => {
  it('measures the rivals of each layer, tells how far it is, and keeps the times in a file', async () => {
    const seen: string[] = []
    expect(engine.info.tuning).toEqual({ layers: 0, why: undefined })
    const used = engine.info.memory.used
    const tuned = await engine.tune(layers, {
      file,
      onProgress: ({ done, total, tuned }) => seen.push(`${done}/${total} ${tuned.winner}`),
    })
    expect(seen).toEqual([`1/2 ${tuned[0].winner}`, `2/2 ${tuned[1].winner}`])
    for (const { descriptor, kernels, winner } of tuned) {
      const { candidates } = candidatesFor(descriptor, TIERS.relaxed.traits)
      expect(candidates.map(({ kernel }) => kernel)).toEqual(expect.arrayContaining(kernels.map(({ kernel }) => kernel)))
      expect(kernels.map(({ kernel }) => kernel)).toContain(winner)
      expect(kernels.map(({ micros }) => micros)).toEqual(kernels.map(({ micros }) => micros).sort((a, b) => a - b))
    }
    expect(tuned[0].kernels.length).toBeGreaterThan(1)
    expect(tuned[1].kernels.map(({ kernel }) => kernel)).toEqual(['f32-direct'])
    expect(engine.info.tuning.layers).toBe(2)
    await using layer = await engine.prepare({ weight }, [8, 20, 20])
    expect(layer.selection.kernel).toBe(tuned[0].winner)
    await layer.close()
    expect(engine.info.memory.used).toBeLessThanOrEqual(used + (2 << 20))
    expect(readdirSync(folder)).toEqual(['tuning.json'])
  })

  it('is used by an engine that is opened with the file', async () => {
    expect(await infoOf(file)).toMatchObject({ layers: 2, why: `${file} is used` })
    const fastest = (kernel: string) => rewrite((text) => text.replace(new RegExp(`("${kernel}": )[\\d.e+-]+`, 'g'), '$10.001'))
    expect((await infoOf(fastest('f32-winograd-4x4-3x3'))).kernel).toBe('f32-winograd-4x4-3x3')
    expect((await infoOf(fastest('f32-direct'))).kernel).toBe('f32-direct')
  })

  it('leaves a layer of strict numerics to the order of sums of every machine, and a kernel to whoever names it', async () => {
    const times = { 'f32-winograd-4x4-3x3': '0.001', 'f32-direct': '0.01' }
    const fast = rewrite((text) =>
      Object.entries(times)
        .reduce((all, [kernel, micros]) => all.replace(new RegExp(`("${kernel}": )[\\d.e+-]+`, 'g'), `$1${micros}`), text)
        .replaceAll(' fast', ' strict'),
    )
    await using other = await open({ ...OPTIONS, tuning: fast })
    await using strict = await other.prepare({ weight, numerics: 'strict' }, [8, 20, 20])
    await using untuned = await open(OPTIONS)
    await using usual = await untuned.prepare({ weight, numerics: 'strict' }, [8, 20, 20])
    expect(strict.selection.kernel).toBe(usual.selection.kernel)
    expect(strict.selection.kernel).not.toContain('winograd')
    await using named = await other.prepare({ weight }, [8, 20, 20], { kernel: 'f32-scalar' })
    expect(named.selection.kernel).toBe('f32-scalar')
  })

  it.each([
    [
      'of another version',
      () => rewrite((text) => text.replace(/"version": "[^"]*"/, '"version": "0.0.1"')),
      /it has nothing for .*weft/,
    ],
    ['of another machine', () => rewrite((text) => text.replace(/"cores": \d+/, '"cores": 999')), /it has nothing for/],
    ['of another number of threads', () => rewrite((text) => text.replace(/"threads": \d+/, '"threads": 3')), /2 threads/],
    ['cut off', () => rewrite((text) => text.slice(0, text.length / 2)), /is ignored: it is not JSON/],
    ['that is not there', () => join(folder, 'none.json'), /none\.json is ignored: there is no such file/],
    ['that is a folder', () => folder, /is ignored: it is not a plain file/],
    ['that is too large', tooLarge, /is ignored: it has 9437184 bytes, more than 8388608/],
  ])('ignores a file %s, and says why', async (_, path, reason) => {
    const { why, layers, kernel } = await infoOf(path())
    expect(why).toMatch(reason)
    expect(layers).toBe(0)
    expect(kernel).toMatch(/^f32-/)
  })

  it('is stopped by its signal; what was measured before is kept', async () => {
    const controller = new AbortController()
    const stopped = engine.tune(layers, {
      file: join(folder, 'part.json'),
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' })
    expect((await infoOf(join(folder, 'part.json'))).layers).toBe(2)
    await expect(engine.tune(layers, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
  })

  it('says when the file cannot be written, and leaves no other behind', async () => {
    const taken = join(folder, 'taken')
    mkdirSync(taken)
    await expect(engine.tune(layers.slice(0, 1), { file: taken })).rejects.toMatchObject({ code: 'IO' })
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('measures a layer that adds a residual with one', async () => {
    const [tuned] = await engine.tune([{ x: [8, 20, 20], params: { weight, residual: true } }])
    expect(tuned.kernels.length).toBeGreaterThan(1)
  })

  it('refuses a layer that cannot be prepared, and an engine that is closed', async () => {
    await expect(engine.tune([{ x: [7, 20, 20], params: { weight } }])).rejects.toMatchObject({ code: 'SHAPE' })
    const closed = await open(OPTIONS)
    await closed.close()
    await expect(closed.tune(layers)).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

function tooLarge(): string {
  const path = join(folder, 'large.json')
  writeFileSync(path, '')
  truncateSync(path, 9 << 20)
  return path
}
