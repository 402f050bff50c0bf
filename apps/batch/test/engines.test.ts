// Engines that are opened before they are taken, and kept from run to run.
import { WeftError } from '@weft/core'
import { expect, test } from 'vitest'
import { KeptEngine } from '../src/engines.ts'

const ONE = { threads: 1, tier: 'simd128' } as const
const isOpen = (engine: { prepare: unknown; tensor(shape: readonly number[]): unknown }): boolean => {
  try {
    engine.tensor([1])
    return true
  } catch (error) {
    if (error instanceof WeftError && error.code === 'CLOSED') return false
    throw error
  }
}

test('an engine that was begun ahead is the one that is taken, and lives until the end', async () => {
  const engines = new KeptEngine()
  engines.ahead(ONE)
  const engine = await engines.take({ ...ONE })
  await engines.give()
  expect(isOpen(engine)).toBe(true)
  expect(await engines.take(ONE)).toBe(engine)
  await engines[Symbol.asyncDispose]()
  expect(isOpen(engine)).toBe(false)
})

test('another engine than the one that was begun is opened for whoever needs it, and the first is closed', async () => {
  await using engines = new KeptEngine()
  engines.ahead(ONE)
  const first = await engines.take(ONE)
  const engine = await engines.take({ ...ONE, tier: 'scalar' })
  expect([isOpen(first), isOpen(engine), engine.info.tier]).toEqual([false, true, 'scalar'])
})

test('one that is never taken is closed, and what fails ahead fails when it is taken', async () => {
  const never = new KeptEngine()
  never.ahead(ONE)
  await never[Symbol.asyncDispose]()
  await using engines = new KeptEngine()
  engines.ahead({ threads: 0 })
  await expect(engines.take({ threads: 0 })).rejects.toMatchObject({ code: 'OPTION' })
  expect((await engines.take(ONE)).info.threads).toBe(1)
})
