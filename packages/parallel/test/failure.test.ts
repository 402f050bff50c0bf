// What happens when a run is cancelled, a worker throws, a worker dies.
import { createRequire, syncBuiltinESMExports } from 'node:module'
import type { Worker as WorkerThread } from 'node:worker_threads'
import { type FloatTensor, Tensor, WeftError } from '@weft/core'
import type { Engine, Layer } from '@weft/parallel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The pool keeps its threads to itself: they are seen as they are made.
const threads = new Set<WorkerThread>()
const module = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof WorkerThread }
const { Worker: Original } = module
let stillborn = false
module.Worker = class extends Original {
  constructor(...options: ConstructorParameters<typeof WorkerThread>) {
    super(...options)
    threads.add(this)
    this.once('exit', () => threads.delete(this))
    if (stillborn) setTimeout(() => this.terminate(), 1)
  }
}
syncBuiltinESMExports()
const { open } = await import('@weft/parallel')

function numbers(shape: readonly number[], seed: number): FloatTensor {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return new Tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.37 + seed)),
    shape,
  )
}

function sameBits(a: FloatTensor, b: FloatTensor): boolean {
  return Buffer.compare(new Uint8Array(a.data.buffer), new Uint8Array(b.data.buffer)) === 0
}

async function errorOf(run: Promise<unknown>): Promise<WeftError> {
  try {
    await run
  } catch (error) {
    if (error instanceof WeftError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('an engine', () => {
  let engine: Engine
  let long: Layer
  const [x, weight] = [numbers([128, 160, 160], 1), numbers([256, 128, 3, 3], 2)]
  beforeAll(async () => {
    engine = await open({ threads: 3, tier: 'simd128' })
    // Every product, so that there is time to disturb a run.
    long = await engine.prepare({ weight, padding: 1, numerics: 'strict' }, x.shape)
  })
  afterAll(() => engine.close())

  it('keeps the event loop turning while a run is on', async () => {
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    await long.run(x)
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(3)
  })

  it('stops a run by its signal, and one after it works', async () => {
    const expected = await long.run(x)
    for (const after of [0, 5, 20]) {
      const controller = new AbortController()
      const run = errorOf(long.run(x, { signal: controller.signal }))
      setTimeout(() => controller.abort(), after)
      const error = await run
      expect(error.code).toBe('ABORTED')
    }
    expect(sameBits(await long.run(x), expected)).toBe(true)
  })

  it('refuses a run whose signal was given before, and one that waits for its turn', async () => {
    expect((await errorOf(long.run(x, { signal: AbortSignal.abort() }))).code).toBe('ABORTED')
    const controller = new AbortController()
    const [first, second] = [long.run(x), errorOf(long.run(x, { signal: controller.signal }))]
    controller.abort()
    expect((await second).code).toBe('ABORTED')
    await first
  })

  it('names the shard of a worker that dies in a run; the pool heals and the next run is right', async () => {
    const expected = await long.run(x)
    const out = engine.tensor(long.descriptor.yShape)
    for (let round = 0; round < 3; round++) {
      out.data.fill(Number.NaN)
      const run = errorOf(long.run(x, { out }))
      // The first results show that workers are in the run; with all of them gone, so is one that was.
      while (out.data.every(Number.isNaN)) await new Promise((resolve) => setTimeout(resolve, 1))
      await Promise.all([...threads].map((thread) => thread.terminate()))
      const error = await run
      expect(error.code).toBe('WORKER')
      expect(error.message).toMatch(/^shard \d of 3 died/)
      expect(error.details).toMatchObject({ shards: 3 })
      expect(sameBits(await long.run(x), expected)).toBe(true)
    }
    engine.release(out)
  })

  it('loses no run to a worker that dies before it begins: others do its part, or the layer is made known anew', async () => {
    const small = numbers([5, 40, 40], 3)
    await using layer = await engine.prepare({ weight: numbers([6, 5, 1, 1], 4) }, small.shape)
    const expected = await layer.run(small)
    for (let round = 0; round < 6; round++) {
      const doomed = [...threads].slice(0, 1 + (round % threads.size))
      const dying = doomed.map((thread) => thread.terminate())
      // While they are dying, and once they are dead and their like are new.
      if (round % 2 === 0) await Promise.all(dying)
      const runs = await Promise.allSettled(Array.from({ length: 4 }, () => layer.run(small, { parallel: 'items' })))
      for (const run of runs) {
        if (run.status === 'fulfilled') expect(sameBits(run.value, expected)).toBe(true)
        else expect(run.reason.message).toMatch(/died/)
        if (round % 2 === 0) expect(run.status).toBe('fulfilled')
      }
      expect(sameBits(await layer.run(small), expected)).toBe(true)
    }
  })

  it('runs a program after workers died in it: those that took their place are told of it and of its layers', async () => {
    const d = long.descriptor
    const place = (shape: readonly number[], at: number) => ({ info: { dtype: 'float32', shape }, where: 'memory', at }) as const
    const y = place(d.yShape, 4 * x.size)
    const step = {
      kind: 'conv',
      name: 'conv',
      descriptor: d,
      x: place(d.xShape, 0),
      weight: 0,
      bias: null,
      residual: null,
      y,
    } as const
    const ports = { inputs: [{ name: 'x', place: step.x }], outputs: [{ name: 'y', place: y }] }
    const program = { ...ports, steps: [step], bytes: 4 * (x.size + long.descriptor.yShape.reduce((a, b) => a * b)) }
    const constant = { dtype: 'float32', shape: weight.shape, data: weight.data } as const
    const prepared = await engine.prepareProgram(program, [constant])
    const [expected] = await prepared.run([x.data])
    for (const parallel of ['channels', 'items'] as const) {
      const run = prepared.run([x.data], { parallel }).then(
        () => null,
        (error: WeftError) => error,
      )
      await new Promise((resolve) => setTimeout(resolve, 20))
      await Promise.all([...threads].map((thread) => thread.terminate()))
      const error = await run
      if (error !== null) expect(error).toMatchObject({ code: 'WORKER', message: expect.stringMatching(/died/) })
      const [again] = await prepared.run([x.data], { parallel })
      expect(Buffer.compare(new Uint8Array(again.buffer), new Uint8Array(expected.buffer))).toBe(0)
    }
    await prepared.dispose()
  })

  it('does not mind a worker that dies idle', async () => {
    const expected = await long.run(x)
    await [...threads][0].terminate()
    expect(sameBits(await long.run(x), expected)).toBe(true)
    expect(sameBits(await engine.conv(x, { weight, padding: 1, numerics: 'strict' }), expected)).toBe(true)
  })

  it('is closed, and whoever waits hears of it, where workers do not start any more', async () => {
    const others = new Set(threads)
    await using closing = await open({ threads: 2, tier: 'simd128' })
    const layer = await closing.prepare({ weight: numbers([6, 5, 1, 1], 4) }, [5, 40, 40])
    const small = numbers([5, 40, 40], 3)
    stillborn = true
    try {
      await Promise.all([...threads].filter((thread) => !others.has(thread)).map((thread) => thread.terminate()))
      const codes: string[] = []
      for (let round = 0; round < 20 && codes.at(-1) !== 'CLOSED'; round++) codes.push((await errorOf(layer.run(small))).code)
      expect(codes.at(-1)).toBe('CLOSED')
    } finally {
      stillborn = false
    }
  })

  it('lets a run finish that was on before close, although a worker died and it makes its layer known anew', async () => {
    const others = new Set(threads)
    await using closing = await open({ threads: 2, tier: 'simd128' })
    const small = numbers([5, 40, 40], 3)
    const layer = await closing.prepare({ weight: numbers([6, 5, 1, 1], 4) }, small.shape)
    const expected = await layer.run(small)
    await [...threads].find((thread) => !others.has(thread))?.terminate()
    const run = layer.run(small)
    await closing.close()
    expect(sameBits(await run, expected)).toBe(true)
  })

  it('names the shard of a worker that throws, and goes on', async () => {
    const small = numbers([5, 40, 40], 3)
    const mark = 777.125
    const kernel = numbers([6, 5, 1, 1], 4)
    kernel.data[29] = mark
    await using layer = await engine.prepare({ weight: kernel }, small.shape)
    const expected = await layer.run(small)
    // The table of a pointwise layer lies behind its weights; with a wrong count the kernel runs out of its memory.
    const probe = engine.tensor([1])
    const floats = new Float32Array(probe.data.buffer)
    const words = new Int32Array(probe.data.buffer)
    const at = floats.findIndex((value, i) => value === mark && words[i + 1] === 0 && words[i + 2] === 0 && words[i + 3] === 5)
    expect(at).toBeGreaterThan(0)
    words[at + 3] = 0x7fffffff
    const error = await errorOf(layer.run(small))
    expect(error.code).toBe('WORKER')
    expect(error.message).toMatch(/^shard \d of 3 failed: memory access out of bounds/)
    words[at + 3] = 5
    expect((await layer.run(small)).data).toEqual(expected.data)
    engine.release(probe)
  })

  it('in the checking mode refuses a call that would leave the arena, before it is made', async () => {
    await using checking = await open({ threads: 1, check: true, tier: 'auto' })
    const small = numbers([5, 40, 40], 3)
    const kernel = numbers([6, 5, 1, 1], 4)
    kernel.data[29] = 777.125
    await using layer = await checking.prepare({ weight: kernel }, small.shape)
    const expected = await layer.run(small)
    const floats = new Float32Array(checking.tensor([1]).data.buffer)
    const words = new Int32Array(floats.buffer)
    const at = floats.findIndex((value, i) => value === 777.125 && words[i + 1] === 0 && words[i + 2] === 0 && words[i + 3] === 5)
    words[at + 3] = 0x7fffff
    expect((await errorOf(layer.run(small))).message).toMatch(/^shard 0 of 1 failed: f32-tile-.* would touch bytes/)
    words[at + 3] = 5
    expect(sameBits(await layer.run(small), expected)).toBe(true)
  })
})

describe('a process', () => {
  it('holds no more memory after 40 engines than after 10', async () => {
    const { execFileSync } = await import('node:child_process')
    const script = new URL('../scripts/cycles.ts', import.meta.url).pathname
    const output = execFileSync(process.execPath, ['--expose-gc', '--conditions=@weft/source', script, '40'], { timeout: 60_000 })
    const { settled, last } = JSON.parse(output.toString().trim().split('\n').at(-1) ?? '')
    expect(last).toBeLessThan(settled + 25)
  })

  it('ends by itself after close, and a worker left over does not keep it', async () => {
    const { execFile } = await import('node:child_process')
    const script = `
      import { Tensor } from '@weft/core'
      import { open } from '@weft/parallel'
      const engine = await open({ threads: 2 })
      await engine.conv(Tensor.zeros([1, 9, 9]), { weight: Tensor.zeros([1, 1, 3, 3]) })
      await engine.close()
      // What is under way in the turn of the event loop that is not over yet holds nobody.
      await new Promise((resolve) => setTimeout(resolve, 20))
      const kinds = process.getActiveResourcesInfo().filter((kind) => !['PipeWrap', 'TTYWrap', 'Immediate'].includes(kind))
      console.log('left:', kinds.join())`
    const output = await new Promise<string>((resolve, reject) => {
      const args = ['--conditions=@weft/source', '--input-type=module', '-e', script]
      execFile(process.execPath, args, { cwd: new URL('..', import.meta.url), timeout: 30_000 }, (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      )
    })
    expect(output.trim()).toBe('left:')
  })
})
