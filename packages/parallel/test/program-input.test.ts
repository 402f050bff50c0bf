// The input that a program reads where the caller keeps it.
import { conv, type Tensor } from '@weft/core'
import { open } from '@weft/parallel'
import { describe, expect, it, vi } from 'vitest'
import { directInput } from '../src/program-input.ts'
import { Builder, numbers, runOp } from './program-builder.ts'

const SHAPE = [1, 6, 40, 40]
const W = numbers([6, 6, 3, 3], 1)

/** A network one of whose values takes the place of the input; and what it gives, computed apart from the engine. */
function reusing() {
  const b = new Builder()
  b.value([100])
  const x = b.value(SHAPE)
  const second = b.conv(b.conv(x, W, 1, x), W, 1)
  const { bytes } = b
  b.bytes = x.at
  const third = b.op('neg', [second])
  b.bytes = bytes
  const program = b.program(x, b.conv(third, W, 1, third))
  const expected = (input: Tensor): Float32Array => {
    const options = { weight: W, padding: 1, activation: 'relu' } as const
    const negated = runOp('neg', [conv(conv(input, { ...options, residual: input }), options)], {})
    return conv(negated, { ...options, residual: negated }).data
  }
  return { program, constants: b.constants, expected }
}

describe('the input that is read in place', () => {
  it('is read up to the step that writes to where a copy of it would lie', () => {
    const { program } = reusing()
    expect(directInput(program)).toEqual({ index: 0, place: program.inputs[0].place, until: 2 })
  })

  it('is the largest of those that are read', () => {
    const b = new Builder()
    const [small, large, unread] = [b.value([1, 6, 1, 1]), b.value(SHAPE), b.value([1, 6, 50, 50])]
    const program = b.program(small, b.op('mul', [large, small]))
    const inputs = [small, large, unread].map((place, i) => ({ name: `x${i}`, place }))
    expect(directInput({ ...program, inputs })?.index).toBe(1)
  })

  it('is none that is given out as it is, nor one of which and of more a step reads', () => {
    const b = new Builder()
    const x = b.value(SHAPE)
    expect(directInput(b.program(x, x))).toBe(null)
    b.op('abs', [x])
    expect(directInput(b.program(x, x))).toBe(null)
    const wider = new Builder()
    const half = wider.value(SHAPE)
    const more = { ...half, info: { ...half.info, shape: [2, ...SHAPE.slice(1)] } }
    wider.value(SHAPE)
    expect(directInput(wider.program(half, wider.op('abs', [more])))).toBe(null)
  })

  it.each([1, 2])(
    'on %i threads gives the numbers of a copy, is left as it was, and may change between runs',
    async (threads) => {
      const { program, constants, expected } = reusing()
      await using engine = await open({ threads, tier: 'relaxed' })
      const [prepared, copying] = [0, 1].map(() => engine.prepareProgram(program, constants))
      const [one, other] = [engine.tensor(SHAPE), engine.tensor(SHAPE)]
      const give = async (x: Tensor, seed: number, parallel: 'channels' | 'items') => {
        x.data.set(numbers(SHAPE, seed).data)
        const [y] = await (await prepared).run([x.data as Float32Array], { parallel })
        expect(x.data).toEqual(numbers(SHAPE, seed).data)
        return y as Float32Array
      }
      const tensors = [one, one, one, other, one, other, other, other, numbers(SHAPE, 0), other, other]
      for (const [seed, x] of [...tensors, ...tensors].entries()) {
        const y = await give(x, seed, seed < tensors.length ? 'channels' : 'items')
        const wanted = expected(numbers(SHAPE, seed))
        expect(Math.max(...y.map((value, i) => Math.abs(value - wanted[i])))).toBeLessThan(1e-4)
        const [copied] = await (await copying).run([numbers(SHAPE, seed).data as Float32Array])
        expect(copied).toEqual(y)
      }
    },
  )

  it('is copied in the first run with a tensor of the engine, and where that is another than before', async () => {
    const { program, constants } = reusing()
    await using engine = await open({ threads: 1, tier: 'relaxed' })
    const prepared = await engine.prepareProgram(program, constants)
    const [one, other] = [engine.tensor(SHAPE), engine.tensor(SHAPE)]
    const copied: boolean[] = []
    for (const { data } of [one, one, one, other, other, numbers(SHAPE, 0), one]) {
      const sets = vi.spyOn(Object.getPrototypeOf(Float32Array.prototype), 'set')
      await prepared.run([data as Float32Array])
      const from = sets.mock.calls.map(([source]) => source as Float32Array)
      copied.push(from.some(({ buffer, byteOffset }) => buffer === data.buffer && byteOffset === data.byteOffset))
      sets.mockRestore()
    }
    expect(copied).toEqual([true, false, false, true, false, true, true])
  })
})
