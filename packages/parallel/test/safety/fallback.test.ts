// Where machine code cannot be had an engine opens all the same, says why, and is right.
import { type KernelFunction, TIERS, WeftError } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Addon } from '../../src/native/addon.ts'
import { NativeCompiler } from '../../src/native/code.ts'
import { ELSEWHERE } from './here.ts'
import { fallback } from './parts/fallback.ts'
import { settle } from './settle.ts'
import { SITUATIONS } from './situations.ts'

describe.skipIf(ELSEWHERE).concurrent(`an engine${ELSEWHERE}`, () => {
  it.for(SITUATIONS.filter(({ long }) => !long).map((situation) => [situation.name, situation] as const))(
    'is right with %s',
    async ([, situation], context) => {
      settle(context, await fallback(situation))
    },
  )
})

describe('a compiler of machine code', () => {
  const nothing = (name: string): KernelFunction => ({ name, emit: () => {}, words: 0, touches: () => [] })
  const compilerOn = (place: Addon['place'], release: Addon['release'] = () => 0) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
    const addon = { place, release, address: () => 0x7000_0000_0000 } as unknown as Addon
    return new NativeCompiler(addon, TIERS.avx2, memory)
  }

  it.each([1, 12, 13])('that is refused pages with errno %i says TIER, and tries again the next time', (errno) => {
    const answers = [-errno, 0x1000]
    const compiler = compilerOn(() => answers.shift() as number)
    const error = thrownBy(() => compiler.compile([nothing('a')]))
    expect(error).toMatchObject({ code: 'TIER', details: { errno } })
    expect([...compiler.compile([nothing('a')])]).toEqual([['a', 0x1000]])
  })

  it('gives back each area that it was given, once, and nothing that it was refused', () => {
    const given = [-12, 0x1000, 0x9000]
    const [placed, released]: [number[], [number, number][]] = [[], []]
    const compiler = compilerOn(
      (bytes) => placed.push(bytes.length) && (given.shift() as number),
      (...area) => released.push(area) && 0,
    )
    thrownBy(() => compiler.compile([nothing('a')]))
    compiler.compile([nothing('a'), nothing('b')])
    compiler.compile([nothing('a'), nothing('c')])
    compiler.close()
    compiler.close()
    expect(released).toEqual([
      [0x1000, placed[1]],
      [0x9000, placed[2]],
    ])
  })
})

function thrownBy(action: () => unknown): WeftError {
  try {
    action()
  } catch (error) {
    if (error instanceof WeftError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
