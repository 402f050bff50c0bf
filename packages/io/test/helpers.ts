// What the tests of this package share: fixtures, a folder of their own, seeded chance, and errors by their code.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ErrorCode, WeftError } from '@weft/core'
import { afterAll, expect } from 'vitest'

export function fixture(name: string): string {
  return join(import.meta.dirname, 'fixtures', name)
}

export interface Expected {
  shape: number[]
  float32: string
}

/** What numpy says is in each file, by `make_npy.py`. */
export const EXPECTED = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as Record<string, Expected>

/** A folder for the files of one test file, removed at its end. */
export function temporaryFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'weft-io-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name) => join(folder, name)
}

/** The bits of float32 numbers, so that -0 and NaN compare as what they are. */
export function bitsOf(data: ArrayBufferView): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
}

export async function errorOf(promise: Promise<unknown>): Promise<WeftError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(WeftError)
  return error as WeftError
}

export async function expectError(promise: Promise<unknown>, code: ErrorCode | readonly ErrorCode[], text = /./): Promise<void> {
  const error = await errorOf(promise)
  expect([code].flat(), error.message).toContain(error.code)
  expect(error.message).toMatch(text)
}

/** Whole numbers in [0, limit), the same on every run. */
export function seeded(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** A copy with one to three bytes of [0, end) changed, removed or put in. */
export function mutated(bytes: Uint8Array, end: number, random: (limit: number) => number): Uint8Array {
  const copy = [...bytes]
  for (let count = 1 + random(3); count > 0; count--) {
    const at = random(Math.min(end, copy.length))
    const kind = random(4)
    if (kind === 0) copy.splice(at, 1)
    else if (kind === 1) copy.splice(at, 0, random(256))
    else copy[at] = kind === 2 ? random(256) : '0123456789-,()[]{}\'":'.charCodeAt(random(21))
  }
  return Uint8Array.from(copy)
}

/** The largest growth of typed-array memory and of the process that `run` leaves, in bytes. */
export async function growthOf(run: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage()
  await run()
  const after = process.memoryUsage()
  return Math.max(after.arrayBuffers - before.arrayBuffers, after.rss - before.rss)
}
