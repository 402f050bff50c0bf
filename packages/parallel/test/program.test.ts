// Programs on the engine: the same numbers as the steps one by one, whatever the threads; and what befalls a run.
import { conv, type Span, type Tensor, type WeftError } from '@weft/core'
import { type Engine, open } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import { Builder, numbers, runOp } from './program-builder.ts'

const TIER = 'relaxed'

const X = [2, 5, 30, 31]
const [W1, W2, SCALE] = [numbers([24, 5, 3, 3], 1), numbers([24, 24, 1, 1], 2), numbers([24, 1, 1], 3)]
const WINDOW = { kernel: [3, 3], stride: [2, 2], dilation: [1, 1], before: [1, 1], after: [1, 1], ceil: false }

/** conv, max pooling, conv with a residual, a constant multiplied in; and what it gives, computed apart from the engine. */
function network() {
  const b = new Builder()
  const x = b.value(X)
  const pooled = b.op('maxPool', [b.conv(x, W1, 1)], WINDOW)
  const y = b.op('mul', [b.conv(pooled, W2, 0, pooled), b.constant(SCALE)])
  const program = b.program(x, y)
  const expected = (input: Tensor): Float32Array => {
    const first = runOp('maxPool', [conv(input, { weight: W1, padding: 1, activation: 'relu' })], WINDOW)
    const second = conv(first, { weight: W2, activation: 'relu', residual: first })
    return runOp('mul', [second, SCALE], {}).data as Float32Array
  }
  return { program, constants: b.constants, expected }
}

/** A network that takes long enough to be disturbed. */
function longNetwork() {
  const b = new Builder()
  const x = b.value([1, 64, 160, 160])
  let y = x
  for (let layer = 0; layer < 6; layer++) y = b.conv(y, numbers([64, 64, 3, 3], layer), 1)
  return { program: b.program(x, y), constants: b.constants, input: numbers([1, 64, 160, 160], 9).data as Float32Array }
}

async function errorOf(run: Promise<unknown>): Promise<WeftError> {
  return run.then(
    () => {
      throw new Error('nothing was thrown')
    },
    (error) => error,
  )
}

const bits = (data: ArrayBufferView) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)

describe('a program on the engine', () => {
  it('gives the numbers of its steps, the same bits for every number of threads and both ways to share the cores', async () => {
    const { program, constants, expected } = network()
    const input = numbers(X, 7)
    const wanted = expected(input)
    const all: Buffer[] = []
    for (const threads of [1, 2, 3]) {
      await using engine = await open({ threads, tier: TIER })
      const prepared = await engine.prepareProgram(program, constants)
      for (const parallel of ['channels', 'items', 'channels', undefined] as const) {
        const [y] = await prepared.run([input.data as Float32Array], { parallel })
        all.push(bits(y))
        y.forEach((value, i) => {
          expect(Math.abs(value - wanted[i])).toBeLessThan(1e-4)
        })
      }
      await prepared.dispose()
    }
    expect(all.every((one) => one.equals(all[0]))).toBe(true)
  })

  it('keeps runs at once apart, and leaves no memory behind', async () => {
    const { program, constants } = network()
    await using engine = await open({ threads: 2, tier: TIER })
    const prepared = await engine.prepareProgram(program, constants)
    const inputs = Array.from({ length: 9 }, (_, seed) => numbers(X, seed).data as Float32Array)
    const [one] = await prepared.run([inputs[0]])
    const alone: Buffer[] = []
    for (const input of inputs) alone.push(bits((await prepared.run([input]))[0]))
    const modes = ['items', 'channels', undefined] as const
    const together = await Promise.all(inputs.map((input, i) => prepared.run([input], { parallel: modes[i % 3] })))
    expect(together.map(([y]) => bits(y).equals(bits(one)))).toEqual(inputs.map((_, i) => i === 0))
    expect(together.every(([y], i) => bits(y).equals(alone[i]))).toBe(true)
    const { used } = engine.info.memory
    await prepared.dispose()
    const again = await engine.prepareProgram(program, constants)
    await again.run([inputs[0]])
    expect(engine.info.memory.used).toBe(used)
    await again.dispose()
    expect((await errorOf(again.run([inputs[0]]))).code).toBe('CLOSED')
  })

  it('tells which worker did which step when', async () => {
    const { program, constants } = network()
    await using engine = await open({ threads: 2, tier: TIER })
    const prepared = await engine.prepareProgram(program, constants)
    for (const parallel of ['channels', 'items'] as const) {
      let spans: readonly Span[] = []
      const onSpans = (told: readonly Span[]) => {
        spans = told
      }
      await prepared.run([numbers(X, 1).data as Float32Array], { parallel, onSpans })
      expect([...new Set(spans.map(({ step }) => step))]).toEqual(program.steps.map((_, step) => step))
      for (const { worker, start, ms } of spans) {
        expect([0, 1]).toContain(worker)
        expect(ms).toBeGreaterThanOrEqual(0)
        expect(start).toBeGreaterThanOrEqual(0)
      }
      const endOf = (step: number) => Math.max(...spans.filter((one) => one.step === step).map(({ start, ms }) => start + ms))
      const startOf = (step: number) => Math.min(...spans.filter((one) => one.step === step).map(({ start }) => start))
      // The clock of a thread is exact to a microsecond or so.
      for (let step = 1; step < program.steps.length; step++) expect(startOf(step)).toBeGreaterThan(endOf(step - 1) - 0.1)
    }
  })

  it('is stopped by its signal, whether it runs or waits, and works afterwards', async () => {
    const { program, constants, input } = longNetwork()
    await using engine = await open({ threads: 2, tier: TIER })
    const prepared = await engine.prepareProgram(program, constants)
    const [expected] = await prepared.run([input])
    for (const [after, parallel] of [
      [0, 'channels'],
      [3, 'channels'],
      [3, 'items'],
      [10, undefined],
    ] as const) {
      const controller = new AbortController()
      const runs = [1, 2, 3].map(() => errorOf(prepared.run([input], { signal: controller.signal, parallel })))
      setTimeout(() => controller.abort(), after)
      expect((await Promise.all(runs)).map(({ code }) => code)).toEqual(['ABORTED', 'ABORTED', 'ABORTED'])
    }
    expect(bits((await prepared.run([input]))[0]).equals(bits(expected))).toBe(true)
  })

  it('without steps gives its inputs and constants', async () => {
    const b = new Builder()
    const x = b.value([3])
    const program = { ...b.program(x, x), outputs: [x, b.constant(SCALE)].map((place, i) => ({ name: `y${i}`, place })) }
    await using engine: Engine = await open({ threads: 1, tier: TIER })
    const prepared = await engine.prepareProgram(program, b.constants)
    expect(await prepared.run([Float32Array.of(1, 2, 3)])).toEqual([Float32Array.of(1, 2, 3), SCALE.data])
  })

  it('that does not fit is refused, and what it had taken is given back', async () => {
    const { program, constants } = longNetwork()
    await using engine = await open({ threads: 1, tier: TIER, maxMemory: 1 << 20 })
    const { used } = engine.info.memory
    expect((await errorOf(engine.prepareProgram(program, constants))).code).toBe('MEMORY')
    expect(engine.info.memory.used).toBe(used)
  })
})
