// A trial: one problem on one engine, one way. Prepared once, then run in turn with the others.

import { difference, type Operands } from '@weft/commands/operands'
import { type ConvDescriptor, type FloatTensor, sizeOf, WeftError } from '@weft/core'
import type { Engine, Layer } from '@weft/parallel'
import { copiesOf, type Mode } from './mode.ts'
import { sentenceOf } from './sentence.ts'
import { traceConv, type Where } from './where.ts'

interface Prepared {
  readonly layer: Layer
  readonly x: FloatTensor
  readonly y: FloatTensor
}

export class Trial {
  readonly mode: Mode
  readonly threads: number
  /** Copies of the problem in a run. */
  readonly copies: number
  prepareMs = 0
  firstRunMs = 0
  /** Milliseconds of one problem: those of a run over its copies. */
  readonly rounds: number[][] = []
  selection: Layer['selection'] | null = null
  where: Where | null = null
  /** Whether the results had the bits of one thread's; null as long as none were held against them. */
  identical: boolean | null = null
  /** What went wrong; nothing more is tried then. */
  trouble: string | null = null
  readonly #engine: Engine
  readonly #tensors: FloatTensor[] = []
  #prepared: Prepared | null = null

  constructor(engine: Engine, mode: Mode) {
    this.#engine = engine
    this.mode = mode
    this.threads = engine.info.threads
    this.copies = copiesOf(mode, this.threads)
  }

  async prepare(d: ConvDescriptor, operands: Operands, kernel: string | undefined): Promise<void> {
    await this.#unlessTrouble(async () => {
      const [x, y] = [this.#tensor(d.xShape), this.#tensor(d.yShape)]
      this.#fill(x, (copy) => operands.inputs[copy % operands.inputs.length])
      const start = performance.now()
      const prepare = d.transposed ? this.#engine.prepareTranspose : this.#engine.prepare
      const layer = await prepare.call(this.#engine, operands.params, x.shape, kernel === undefined ? {} : { kernel })
      this.prepareMs = performance.now() - start
      this.selection = layer.selection
      this.#prepared = { layer, x, y }
    })
  }

  /** The output of each input; the first of these runs is the first that the layer ever does. Asked of one thread only. */
  async reference(operands: Operands): Promise<Float32Array[]> {
    const outputs: Float32Array[] = []
    await this.#unlessTrouble(async ({ x, y }) => {
      for (const input of operands.inputs.toReversed()) {
        this.#fill(x, () => input)
        const ms = await this.#run()
        if (outputs.length === 0) this.firstRunMs = ms
        outputs.unshift(y.data.slice(0, y.size / this.copies))
      }
    })
    return outputs
  }

  /** Runs once over an output of NaN; every item must come out with the bits that one thread gave. */
  async check(expected: readonly Float32Array[]): Promise<void> {
    await this.#unlessTrouble(async ({ y }) => {
      y.data.fill(Number.NaN)
      const ms = await this.#run()
      if (this.firstRunMs === 0) this.firstRunMs = ms
      for (let copy = 0; copy < this.copies; copy++) {
        const wrong = difference(this.#part(y, copy), expected[copy % expected.length])
        this.identical = wrong === null
        if (wrong !== null) throw new WeftError('INTERNAL', `${this.threads} threads, ${this.mode}, item ${copy}: ${wrong}`)
      }
    })
  }

  /** One turn: at least so many runs, and for at least so long. */
  async turn(leastRuns: number, leastMs: number, keep: boolean): Promise<void> {
    await this.#unlessTrouble(async () => {
      const round: number[] = []
      for (let spent = 0; round.length < leastRuns || spent < leastMs; ) {
        const ms = await this.#run()
        spent += ms
        round.push(ms / this.copies)
      }
      if (keep) this.rounds.push(round)
    })
  }

  /** Finds where the time of the layer goes when all threads share its items. */
  async trace(d: ConvDescriptor, operands: Operands, ms: number): Promise<void> {
    await this.#unlessTrouble(async () => {
      this.where = await traceConv(this.#engine, d, operands, ms)
    })
  }

  async close(): Promise<void> {
    await this.#prepared?.layer.close()
    for (const tensor of this.#tensors) this.#engine.release(tensor)
  }

  async #run(): Promise<number> {
    const { layer, x, y } = this.#prepared as Prepared
    const start = performance.now()
    await layer.run(x, { out: y, parallel: this.mode })
    return performance.now() - start
  }

  async #unlessTrouble(work: (prepared: Prepared) => Promise<void>): Promise<void> {
    if (this.trouble !== null) return
    try {
      await work(this.#prepared as Prepared)
    } catch (error) {
      if (!(error instanceof WeftError)) throw error
      this.trouble = sentenceOf(error)
    }
  }

  /** The shape of one problem, as often as there are copies. */
  #tensor(shape: readonly number[]): FloatTensor {
    const tensor = this.#engine.tensor([shape[0] * this.copies, ...shape.slice(1)])
    this.#tensors.push(tensor)
    return tensor
  }

  #fill(x: FloatTensor, input: (copy: number) => Float32Array): void {
    for (let copy = 0; copy < this.copies; copy++) this.#part(x, copy).set(input(copy))
  }

  #part(tensor: FloatTensor, copy: number): Float32Array {
    const size = sizeOf(tensor.shape) / this.copies
    return tensor.data.subarray(copy * size, (copy + 1) * size)
  }
}
