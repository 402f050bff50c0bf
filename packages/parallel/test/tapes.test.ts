// Tapes: what is played is what was worked out; what it depends on is looked at; and there are not ever more of them.
import {
  type Callable,
  type ConvOptions,
  candidatesFor,
  describeConv,
  type KernelFunction,
  Staged,
  TIERS,
  type TierName,
} from '@weft/core'
import { open } from '@weft/parallel'
import { describe, expect, it } from 'vitest'
import { noise } from '../../core/test/run-kernel.ts'
import type { RunTask } from '../src/messages.ts'
import { Recorder } from '../src/tape.ts'
import { Repeats, Tapes } from '../src/tapes.ts'
import { onTier } from './on-tier.ts'

const ARGS = 16
const never = () => false

/** A recorder, and two functions that tell with which words they were called. */
function recorded(words = 2) {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true })
  const block = new Int32Array(memory.buffer)
  const called: unknown[] = []
  const names = ['a', 'b']
  const code = new Map<string, Callable>(
    names.map((name) => [name, (args) => called.push([name, ...block.slice(args / 4, args / 4 + 2)])]),
  )
  const functions = names.map((name): KernelFunction => ({ name, words, emit: () => {}, touches: () => [] }))
  const recorder = new Recorder(memory)
  const watched = recorder.watched(code, functions)
  const call = (name: string, ...args: number[]) => {
    block.set(args, ARGS)
    ;(watched.get(name) as Callable)(4 * ARGS)
  }
  return { recorder, block, called, call }
}

describe('a tape', () => {
  it('makes the calls that were recorded, with the arguments that each had, whatever the block holds by now', () => {
    const { recorder, block, called, call } = recorded()
    const work = () => {
      call('a', 1, 2)
      call('b', 3, 4)
      call('a', 5, 4)
      return true
    }
    const { done, tape } = recorder.record(work, 100)
    expect(done).toBe(true)
    const first = called.splice(0)
    block.fill(-1)
    expect(tape?.play(never)).toBe(true)
    expect(called).toEqual(first)
  })

  it('is left early when the run is cancelled, and is none when it was while it was recorded, or is too long', () => {
    const { recorder, called, call } = recorded()
    const twice = () => {
      call('a', 1, 2)
      call('a', 3, 4)
      return true
    }
    const { tape } = recorder.record(twice, 8)
    called.length = 0
    expect(tape?.play(() => called.length === 1)).toBe(false)
    expect(called).toEqual([['a', 1, 2]])
    expect(recorder.record(() => !twice(), 100)).toEqual({ done: false, tape: null })
    expect(recorder.record(twice, 7)).toEqual({ done: true, tape: null })
  })
})

describe('tapes of shards', () => {
  it('are played from the second time on; those of shards that call no code are worked out each time', () => {
    const { recorder, called, call } = recorded()
    const tapes = new Tapes(recorder)
    const worked: string[] = []
    const run = (...shards: number[]) => {
      worked.length = 0
      called.length = 0
      for (const shard of shards) {
        for (const [phase, calls] of [true, false].entries()) {
          const work = () => {
            worked.push(`${phase}:${shard}`)
            if (calls) call('a', shard, 0)
            return true
          }
          tapes.perform(phase, shard, work, new Staged(), never)
        }
      }
      return [worked.join(), called.length]
    }
    expect(run(0, 1)).toEqual(['0:0,1:0,0:1,1:1', 2])
    expect(run(0, 1)).toEqual(['1:0,1:1', 2])
    expect(run(2, 1)).toEqual(['0:2,1:2,1:1', 2])
  })

  it('stage what is not there, and only that, whichever shards came before on tape or not', () => {
    const { recorder, called, call } = recorded()
    const tapes = new Tapes(recorder)
    const plan = {}
    let worked = 0
    /** A shard of units, each of which reads what is staged of its block. */
    const shardOf = (staged: Staged, ...blocks: number[]) => {
      worked++
      for (const key of blocks) {
        const block = { plan, x: 64, key }
        if (!staged.has(block)) call('b', key, 0)
        staged.held = block
        call('a', key, 0)
      }
      return true
    }
    const shards = [[0], [0, 1], [1], [1, 2, 0]]
    /** What is called, and how many shards are worked out. */
    const run = (...order: number[]) => {
      called.length = 0
      worked = 0
      const staged = new Staged()
      for (const shard of order) tapes.perform(0, shard, (its) => shardOf(its, ...shards[shard]), staged, never)
      return [called.map((words) => (words as unknown[]).slice(0, 2).join('')).join(' '), worked]
    }
    expect(run(0, 1, 2, 3)).toEqual(['b0 a0 a0 b1 a1 a1 a1 b2 a2 b0 a0', 4])
    expect(run(0, 1, 2, 3)).toEqual(['b0 a0 a0 b1 a1 a1 a1 b2 a2 b0 a0', 0])
    expect(run(1, 3, 0, 2)).toEqual(['b0 a0 b1 a1 a1 b2 a2 b0 a0 a0 b1 a1', 3])
    expect(run(2, 1, 0, 3)).toEqual(['b1 a1 b0 a0 b1 a1 b0 a0 b1 a1 b2 a2 b0 a0', 1])
    expect(run(2, 1, 0, 3)).toEqual(['b1 a1 b0 a0 b1 a1 b0 a0 b1 a1 b2 a2 b0 a0', 0])
  })

  it('take up no more than so much memory: then shards are worked out', () => {
    const { recorder, call } = recorded(2 ** 18 - 2)
    const tapes = new Tapes(recorder)
    const worked: number[] = []
    for (let round = 0; round < 2; round++) {
      for (let phase = 0; phase < 6; phase++) {
        const work = () => {
          worked.push(phase)
          call('a', 1, 2)
          return true
        }
        tapes.perform(phase, 0, work, new Staged(), never)
      }
    }
    expect(worked).toEqual([0, 1, 2, 3, 4, 5, 4, 5])
  })

  it('are of one setting: a run that differs in any word that calls depend on lies elsewhere', () => {
    const setting = { x: 1, y: 2, residual: 3, private: 4, own: 5, shared: 6, members: 7, alone: 8, items: 9 }
    for (const [name, value] of Object.entries(setting)) {
      const repeats = new Repeats(new Recorder(new WebAssembly.Memory({ initial: 1 })))
      const begin = (task: object) => repeats.begin(task as RunTask, 0)
      expect([begin(setting), begin({ ...setting }), begin({ ...setting, [name]: value + 1 })]).toEqual([true, false, true])
    }
  })

  it('are made from the second run in the same places on, and end with them', () => {
    const { recorder, call } = recorded()
    const repeats = new Repeats(recorder)
    const task = (x: number) =>
      ({ x, y: 2, residual: 3, private: 4, own: 5, shared: 6, members: 1, alone: 0, items: 1 }) as RunTask
    const window = { plan: {}, x: 64, key: 3 }
    const found: boolean[] = []
    /** Whether it lay elsewhere, and whether it was worked out. */
    const run = (at: RunTask, bytes: number) => {
      let worked = false
      const elsewhere = repeats.begin(at, bytes)
      repeats.perform(
        0,
        0,
        () => {
          worked = true
          call('a', 1, 2)
          return true
        },
        never,
      )
      for (const phase of [1, 1, 2]) {
        repeats.perform(
          phase,
          0,
          (staged) => {
            found.push(staged.has(window))
            staged.held = window
            return true
          },
          never,
        )
      }
      return [elsewhere, worked]
    }
    const [first, second] = [task(1), task(1)]
    expect([run(first, 64), run(first, 64)]).toEqual([
      [true, true],
      [false, true],
    ])
    expect([run(second, 64), run(second, 64), run(task(1), 64)]).toEqual([
      [false, true],
      [false, false],
      [false, false],
    ])
    expect([run(task(9), 64), run(task(9), 64), run(task(9), 64)]).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ])
    expect([run(task(9), 128), run(task(9), 128)]).toEqual([
      [true, true],
      [false, true],
    ])
    // Nothing is staged when a stretch or a phase begins.
    expect(found).toEqual(Array.from({ length: found.length / 3 }, () => [false, true, false]).flat())
  })
})

const LAYERS: readonly { x: number[]; weight: number[]; options: ConvOptions }[] = [
  { x: [3, 37, 41], weight: [24, 3, 3, 3], options: { stride: 2, padding: 1 } },
  { x: [40, 19, 23], weight: [72, 40, 3, 3], options: { padding: 1, activation: 'relu' } },
  { x: [24, 23, 21], weight: [40, 24, 5, 5], options: { padding: 2 } },
  { x: [48, 20, 20], weight: [96, 48, 1, 1], options: {} },
  { x: [160, 7, 7], weight: [96, 160, 1, 1], options: {} },
  { x: [32, 30, 30], weight: [32, 1, 3, 3], options: { groups: 32, padding: 1 } },
  { x: [20, 26, 26], weight: [3, 20, 3, 3], options: { padding: 1 } },
]

describe.each(['simd128', 'relaxed', 'avx2', 'avx512', 'amx'] satisfies TierName[])('what is played, %s', (tier) => {
  it('has the bits of what is worked out, for every kernel, with other numbers in the same places', async () => {
    await onTier(tier, async (engine) => {
      await using other = await open({ threads: 1, tier })
      // They leave other words where the arguments go.
      const disturbing = await Promise.all(
        ['f32-direct', 'f32-planes'].map(async (kernel) => {
          const layer = await engine.prepare({ weight: noise([3, 20, 3, 3], 3) }, [20, 60, 60], { kernel })
          return () => layer.run(noise([20, 60, 60], 4))
        }),
      )
      for (const { x: shape, weight, options } of LAYERS) {
        const d = describeConv(shape, weight, true, options)
        const params = {
          weight: noise(weight, 1),
          bias: noise([weight[0]], 2),
          ...options,
        }
        for (const { kernel } of candidatesFor(d, TIERS[tier].traits).candidates) {
          // The scalar kernel calls no code, and is slow.
          if (kernel === 'f32-scalar' && d.ic > 3) continue
          const layer = await engine.prepare(params, d.xShape, { kernel })
          const [x, out] = [engine.tensor(d.xShape), engine.tensor(d.yShape)]
          for (let run = 0; run < 5; run++) {
            x.data.set(noise(d.xShape, 10 + run).data)
            out.data.fill(Number.NaN)
            for (const disturb of disturbing) await disturb()
            await layer.run(x, { out })
            const fresh = await other.prepare(params, d.xShape, { kernel })
            const wanted = await fresh.run(x)
            await fresh.close()
            expect(
              Buffer.from(wanted.data.slice().buffer).equals(Buffer.from(out.data.slice().buffer)),
              `${kernel} ${shape} * ${weight}, run ${run}`,
            ).toBe(true)
          }
          await layer.close()
          engine.release(x)
          engine.release(out)
        }
      }
    })
  })
})
