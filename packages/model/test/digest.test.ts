// What a network is known by: the SHA-256 of its file, and of what lies beside it.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readSource } from '../src/load/source.ts'
import { type FileTensor, onnxFile } from './onnx-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'weft-digest-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (c: FileTensor): Uint8Array =>
  onnxFile({
    opset: 13,
    inputs: [{ name: 'x', shape: ['n', 2] }],
    outputs: [{ name: 'y' }],
    nodes: [{ op: 'Add', inputs: ['x', 'c'], outputs: ['y'] }],
    constants: { c },
  })
const sha256 = (...parts: Uint8Array[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

test('a network is known by the hash of its bytes, given as a path or as they are', async () => {
  const bytes = file({ dims: [2], values: [1, 2] })
  const path = join(folder, 'net.onnx')
  writeFileSync(path, bytes)
  expect((await readSource(path)).digest).toBe(sha256(bytes))
  expect((await readSource(bytes)).digest).toBe(sha256(bytes))
})

test('one whose numbers lie beside it, by the hash of both', async () => {
  const numbers = new Uint8Array(Float32Array.of(3, 4).buffer)
  const bytes = file({ dims: [2], values: [], as: { location: 'numbers.bin', offset: 0, length: 8 } })
  const path = join(folder, 'beside.onnx')
  writeFileSync(path, bytes)
  writeFileSync(join(folder, 'numbers.bin'), numbers)
  expect((await readSource(path)).digest).toBe(sha256(bytes, numbers))
})
