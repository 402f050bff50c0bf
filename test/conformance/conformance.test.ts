import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, start } from '../packages/pack.ts'
import { EXCEPTIONS } from './exceptions.ts'
import { runCase } from './run-case.ts'
import { installed, MISSING, runnableCases } from './suite.ts'

if (!installed()) console.warn(`skipped: ${MISSING}`)

describe.skipIf(!installed())('the ONNX node tests of every operator that weft runs', () => {
  const cases = installed() ? runnableCases() : []

  it.each(cases.filter(({ name }) => !(name in EXCEPTIONS)))('$name passes', async (test) => {
    expect(await runCase(test)).toEqual({ kind: 'passed' })
  })

  it.each(cases.filter(({ name }) => name in EXCEPTIONS))('$name is an exception, for the reason that is given', async (test) => {
    expect((await runCase(test)).kind).toBe(EXCEPTIONS[test.name].kind)
  })

  it('end so with the packages as they are built, too', async () => {
    const { stdout } = await start(process.execPath, [join(import.meta.dirname, 'built.ts')], ROOT)
    expect(stdout).toBe('')
  })

  it('has every test that is listed as an exception', () => {
    expect(Object.keys(EXCEPTIONS).filter((name) => !cases.some((test) => test.name === name))).toEqual([])
  })
})
