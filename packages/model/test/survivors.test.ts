import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Constant } from '../src/graph/graph.ts'
import { readSource } from '../src/load/source.ts'
import { leaveFile } from '../src/load/survivors.ts'
import { optimize } from '../src/passes/passes.ts'
import { onnxFile } from './onnx-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'weft-survivors-'))
afterAll(() => rmSync(folder, { recursive: true }))

const viewsOf = (floats: number, ...sizes: number[]): Map<string, Constant> => {
  const { buffer } = Float32Array.from({ length: floats }, (_, i) => i)
  let at = 0
  const constant = (size: number): Constant => {
    at += size
    return { dtype: 'float32', shape: [size], data: new Float32Array(buffer, 4 * (at - size), size) }
  }
  return new Map(sizes.map((size, index) => [`${index}`, constant(size)]))
}

test('weights that are less than half of what they lie in are copied, those that are more are left', () => {
  for (const [sizes, kept] of [
    [[10, 39], false],
    [[10, 40], true],
  ] as const) {
    const constants = viewsOf(100, ...sizes)
    const before = new Map(constants)
    leaveFile(constants)
    for (const [name, { data }] of constants) {
      expect(data).toEqual(before.get(name)?.data)
      expect(data.buffer === before.get(name)?.data.buffer, `${sizes}`).toBe(kept)
    }
  }
})

test('numbers that two names share are counted once, and shared afterwards', () => {
  const constants = viewsOf(100, 30, 10)
  const shared = constants.get('0') as Constant
  constants.set('again', { ...shared, shape: [5, 6] })
  leaveFile(constants)
  expect(constants.get('0')?.data).toEqual(shared.data)
  expect(constants.get('0')?.data.buffer).not.toBe(shared.data.buffer)
  expect(constants.get('again')?.data).toBe(constants.get('0')?.data)
  expect(constants.get('again')?.shape).toEqual([5, 6])
})

test('a file is not kept for a bias that is left of it when a batch norm is folded into the weights', async () => {
  const path = join(folder, 'net.onnx')
  const vector = (value: number) => ({ dims: [64], values: new Array<number>(64).fill(value) })
  writeFileSync(
    path,
    onnxFile({
      inputs: [{ name: 'x', shape: [1, 16, 8, 8] }],
      outputs: [{ name: 'y' }],
      nodes: [
        { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
        { op: 'BatchNormalization', inputs: ['c', 'scale', 'shift', 'mean', 'variance'], outputs: ['y'] },
      ],
      constants: {
        w: { dims: [64, 16, 1, 1], values: new Array<number>(1024).fill(0.5) },
        scale: vector(2),
        shift: vector(1),
        mean: vector(0.25),
        variance: vector(1),
      },
    }),
  )
  const { graph } = await readSource(path)
  const file = graph.constants.get('w')?.data.buffer
  expect(graph.constants.get('scale')?.data.buffer).toBe(file)
  optimize(graph)
  leaveFile(graph.constants)
  expect(graph.constants.size).toBeGreaterThan(0)
  for (const [name, { data }] of graph.constants) expect(data.buffer === file, name).toBe(false)
})
