import { difference, operandsOf } from '@weft/commands/operands'
import { type FloatTensor, parseProblem, sizeOf, Tensor, WeftError } from '@weft/core'
import type { Engine, Layer } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import type { Flags } from '../src/arguments.ts'
import { contest, ROUNDS } from '../src/contest.ts'
import { resolveJob } from '../src/job.ts'

type Fault = (y: FloatTensor, run: number) => void

/** An engine that adds up the input of each item; `fault` spoils an output, or throws. */
function fakeEngine(threads: number, log: string[] = [], fault: Fault = () => {}): Engine & { alive: Set<FloatTensor> } {
  const alive = new Set<FloatTensor>()
  let runs = 0
  const prepare = async (_: unknown, x: readonly number[]): Promise<Layer> => {
    const run: Layer['run'] = async (input, options) => {
      const y = options?.out as FloatTensor
      log.push(`${threads} ${options?.parallel} ${input.shape[0]}`)
      for (let item = 0; item < x[0]; item++) {
        const sum = (input.slice(item, item + 1).data as Float32Array).reduce((total, value) => total + value, 0)
        y.slice(item, item + 1).data.fill(sum)
      }
      fault(y, ++runs)
      return y
    }
    return { selection: { kernel: 'fake', refusals: [] }, run, close: async () => {} } as unknown as Layer
  }
  const tensor = (shape: readonly number[]) => {
    const made = new Tensor(new Float32Array(sizeOf(shape)), shape)
    alive.add(made)
    return made
  }
  const release = (made: FloatTensor) => alive.delete(made)
  return { info: { threads }, prepare, prepareTranspose: prepare, tensor, release, alive } as unknown as Engine & {
    alive: Set<FloatTensor>
  }
}

const FLAGS: Flags = { mode: 'both', tier: 'auto', threads: [1, 3], minMs: 0, minRuns: ROUNDS * 2, quiet: true, list: false }
const job = resolveJob(['mb2ic3ih4oc2kh3ph1'], FLAGS)
const [layer] = job.targets[0].cases
const say = () => {}

describe('contest', () => {
  it('prepares all, then lets them take turns, and keeps as many runs as were asked for', async () => {
    const log: string[] = []
    const engines = [fakeEngine(1, log), fakeEngine(3, log)]
    const trials = await contest(engines, layer, job, say)
    expect(trials.map(({ mode, threads, copies }) => [mode, threads, copies])).toEqual([
      ['channels', 1, 1],
      ['channels', 3, 1],
      ['items', 1, 1],
      ['items', 3, 3],
    ])
    for (const trial of trials) expect(trial).toMatchObject({ trouble: null, identical: true, selection: { kernel: 'fake' } })
    for (const trial of trials) expect(trial.rounds.map((round) => round.length)).toEqual([2, 2, 2, 2, 2])
    // Two references, a check of each; a round of two runs each, thrown away; the next one backwards.
    expect(log.slice(6, 14)).toEqual(['1 channels 2', '3 channels 2', '1 items 2', '3 items 6'].flatMap((run) => [run, run]))
    expect(log.slice(14, 18)).toEqual(['3 items 6', '3 items 6', '1 items 2', '1 items 2'])
    for (const { alive } of engines) expect(alive.size).toBe(0)
  })

  it('notices one bit that differs, in either check, and lets the others go on', async () => {
    const flip = (y: FloatTensor) => {
      const bits = new Int32Array(y.data.buffer)
      bits[bits.length - 1] ^= 1
    }
    const runs = 2 + 2 * (ROUNDS + 1)
    for (const wrong of [1, runs * 2]) {
      const trials = await contest([fakeEngine(1), fakeEngine(3, [], (y, run) => run === wrong && flip(y))], layer, job, say)
      const troubled = trials.filter(({ trouble }) => trouble !== null)
      expect(troubled.map(({ mode, threads }) => [mode, threads])).toEqual([[wrong === 1 ? 'channels' : 'items', 3]])
      expect(troubled[0].identical).toBe(false)
      expect(troubled[0].trouble).toMatch(/1 of 64 numbers differ from one thread's, first number 63: /)
    }
  })

  it('notices an item that was taken for its neighbour', async () => {
    const swap = (y: FloatTensor) => {
      if (y.shape[0] === 6) y.data.copyWithin(64, 0, 64)
    }
    const trials = await contest([fakeEngine(1), fakeEngine(3, [], swap)], layer, job, say)
    expect(trials.map(({ trouble }) => trouble !== null)).toEqual([false, false, false, true])
    expect(trials[3].trouble).toMatch(/3 threads, items, item 1: 64 of 64/)
  })

  it('records what an engine throws, with its sentence', async () => {
    const fail = () => {
      throw new WeftError('WORKER', 'a worker died')
    }
    const trials = await contest([fakeEngine(1), fakeEngine(3, [], fail)], layer, job, say)
    expect(trials.map(({ trouble }) => trouble)).toEqual([null, 'a worker died [WORKER]', null, 'a worker died [WORKER]'])
    const none = await contest([fakeEngine(1, [], fail), fakeEngine(3)], layer, job, say)
    expect(none.every(({ trouble, rounds }) => trouble !== null && rounds.length === 0)).toBe(true)
  })

  it('refuses what does not fit into memory together, before it takes any', async () => {
    const engine = fakeEngine(1)
    const huge = { problem: parseProblem('mb4000ic64ih56oc64kh3ph1'), count: 1 }
    const wide = resolveJob(['lecture'], { ...FLAGS, threads: [1, 1024] })
    await expect(contest([engine], huge, wide, say)).rejects.toMatchObject({
      code: 'MEMORY',
      message: expect.stringContaining('--threads'),
    })
    expect(engine.alive.size).toBe(0)
  })
})

describe('operandsOf', () => {
  it('gives the same numbers each time, none of them zero for long or subnormal, and two different inputs', () => {
    const d = layer.problem.descriptor
    const { params, inputs } = operandsOf(d)
    expect(operandsOf(d).inputs[0]).toEqual(inputs[0])
    expect(inputs[0]).not.toEqual(inputs[1])
    expect(params.weight.shape).toEqual(d.weightShape)
    for (const value of [...inputs[0], ...params.weight.data])
      expect(value === 0 || (Math.abs(value) > 1e-8 && Math.abs(value) <= 1)).toBe(true)
  })

  it('repeats the descriptor, with padding on either side', () => {
    const d = parseProblem('ic4ih8iw9oc4oh4ow9kh3kw1sh2ph0dh1g2').descriptor
    const { stride, dilation, groups, padding } = operandsOf(d).params
    expect({ stride, dilation, groups, padding }).toEqual({
      stride: [2, 2],
      dilation: [2, 2],
      groups: 2,
      padding: [
        [0, d.after[1]],
        [0, d.after[2]],
      ],
    })
  })
})

describe('difference', () => {
  it('goes by bits: zeros of either sign differ, equal NaNs do not', () => {
    expect(difference(Float32Array.of(0, Number.NaN), Float32Array.of(0, Number.NaN))).toBeNull()
    expect(difference(Float32Array.of(1, -0), Float32Array.of(1, 0))).toMatch(/^1 of 2 numbers differ/)
  })
})
