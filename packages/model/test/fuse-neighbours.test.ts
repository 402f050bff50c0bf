// Neighbours fused: what is left of networks with depthwise convolutions, before and after; the numbers stay the same bits.
import { type ChainDescriptor, Tensor } from '@weft/core'
import { type Engine, open } from '@weft/parallel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readModel } from '../src/index.ts'
import type { PassReport } from '../src/passes/passes.ts'
import { type FileNode, type FileTensor, onnxFile } from './onnx-file.ts'

const SHAPE = [1, 4, 24, 20]
const values = (size: number, seed: number) => Array.from({ length: size }, (_, i) => Math.sin(7 * i + seed) / 3)
const constant = (dims: number[], seed: number): FileTensor => ({
  dims,
  values: values(
    dims.reduce((a, b) => a * b),
    seed,
  ),
})
const constants = {
  expand: constant([12, 4, 1, 1], 1),
  bias: constant([12], 2),
  depthwise: constant([12, 1, 3, 3], 3),
  project: constant([4, 12, 1, 1], 4),
  wide: constant([4, 12, 3, 3], 5),
}
const conv = (x: string, weight: keyof typeof constants, y: string, more: Partial<FileNode> = {}): FileNode => ({
  op: 'Conv',
  inputs: [x, weight, ...(constants[weight].dims[0] === 12 ? ['bias'] : [])],
  outputs: [y],
  ...more,
})
const DEPTHWISE = { attributes: { group: 12, pads: [1, 1, 1, 1] } }
const relu = (x: string, y: string): FileNode => ({ op: 'Relu', inputs: [x], outputs: [y] })
const add = (a: string, b: string, y: string): FileNode => ({ op: 'Add', inputs: [a, b], outputs: [y] })
/** Expanded, convolved by channels, projected, added to x. */
const BLOCK = [
  conv('x', 'expand', 'e'),
  relu('e', 'er'),
  conv('er', 'depthwise', 'd', DEPTHWISE),
  relu('d', 'dr'),
  conv('dr', 'project', 'p'),
  add('x', 'p', 'y'),
]

const engines = {} as Record<'never' | 'always', Engine>
beforeAll(async () => {
  for (const chains of ['never', 'always'] as const) engines[chains] = await open({ threads: 2, tier: 'relaxed', chains })
})
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine.close()
})

/** What a network is with and without chains: its steps, its memory, its passes; and that its numbers are the same. */
async function compare(nodes: readonly FileNode[], outputs = ['y'], chainOf?: (chain: ChainDescriptor) => number) {
  const file = await readModel(
    onnxFile({ inputs: [{ name: 'x', shape: SHAPE }], outputs: outputs.map((name) => ({ name })), nodes, constants }),
  )
  const passes: PassReport[] = []
  const program = file.program(
    { x: { shape: SHAPE } },
    { chainGain: chainOf ?? (() => 1), onPass: (report) => passes.push(report) },
  )
  const before = file.program({ x: { shape: SHAPE } })
  const x = new Tensor(Float32Array.from(values(4 * 24 * 20, 9)), SHAPE)
  const results = []
  for (const chains of ['never', 'always'] as const) {
    await using model = file.on(engines[chains])
    results.push(await model.run({ x }))
  }
  for (const name of outputs) expect(results[1][name].data).toEqual(results[0][name].data)
  return {
    before: before.steps.map(({ kind }) => kind),
    after: program.steps.map(({ kind }) => kind),
    program,
    passes,
    saved: before.bytes - program.bytes,
  }
}

describe('a depthwise convolution and its pointwise neighbours', () => {
  it('are one step with what is added to them, and what is between them takes no memory', async () => {
    const { before, after, program, passes, saved } = await compare(BLOCK)
    expect(before).toEqual(['conv', 'conv', 'conv'])
    expect(after).toEqual(['chain'])
    expect(program.steps[0]).toMatchObject({ name: "Conv 'p'", residual: { at: program.inputs[0].place.at } })
    expect(passes.map(({ pass, changes, nodes }) => [pass, changes, nodes])).toEqual([
      ['fuse-bias', 0, 4],
      ['fuse-residual', 1, 3],
      ['fuse-neighbours', 2, 1],
      ['rows-to-pixels', 0, 1],
    ])
    // y lay where one of them had been.
    expect(saved).toBe(4 * (2 * 12 - 4) * 24 * 20)
  })

  it('stay apart where what is between them is read by another, or is an output', async () => {
    const [expand, , , , project] = BLOCK
    const between = [expand, conv('e', 'depthwise', 'd', DEPTHWISE), { ...project, inputs: ['d', 'project'] }]
    expect((await compare([...between, add('x', 'p', 'y')])).after).toEqual(['chain'])
    expect((await compare([...between, add('x', 'p', 'y')], ['y', 'd'])).after).toEqual(['chain', 'conv'])
    expect((await compare([...between, add('x', 'p', 'y'), relu('e', 'z')], ['y', 'z'])).after).toEqual(['conv', 'chain', 'op'])
    expect((await compare([...between.slice(0, 2), add('e', 'd', 'y')])).after).toEqual(['conv', 'conv'])
  })

  it('stay apart where there is none on that side', async () => {
    const wide = conv('d', 'wide', 'y', { attributes: { pads: [1, 1, 1, 1] } })
    expect((await compare([conv('x', 'expand', 'e'), conv('e', 'depthwise', 'd', DEPTHWISE), wide])).after).toEqual([
      'chain',
      'conv',
    ])
    const pooled: FileNode = { op: 'GlobalAveragePool', inputs: ['d'], outputs: ['g'] }
    const squeezed = [
      conv('x', 'expand', 'e'),
      conv('e', 'depthwise', 'd', DEPTHWISE),
      pooled,
      { op: 'Mul', inputs: ['d', 'g'], outputs: ['y'] },
    ]
    expect((await compare(squeezed)).after).toEqual(['chain', 'op', 'op'])
  })

  it('are all three where a run gains by that, else the two of which it gains more, or none', async () => {
    const gains: number[] = []
    const gainOf = (three: number, first: number, last: number) => (chain: ChainDescriptor) => {
      const gain = chain.pointwiseBefore === null ? last : chain.pointwiseAfter === null ? first : three
      gains.push(gain)
      return gain
    }
    const kinds = async (...gain: [number, number, number]) =>
      (await compare(BLOCK, ['y'], gainOf(...gain))).program.steps.map((step) =>
        step.kind === 'chain' ? step.weights.length : 1,
      )
    expect(await kinds(3, 2, 1)).toEqual([3])
    expect(await kinds(0, 2, 3)).toEqual([1, 2])
    expect(await kinds(0, 3, 2)).toEqual([2, 1])
    expect(await kinds(0, 0, 0)).toEqual([1, 1, 1])
    expect(gains).toHaveLength(10)
  })
})
