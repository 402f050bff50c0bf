// A private folder for the tensors that go between processes, gone when the command ends, however it ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Data } from '@weft/commands/truth'
import type { ConvDescriptor } from '@weft/core'
import { readFloats, writeFloats } from './floats.ts'
import type { LayerTask } from './protocol.ts'

const INTERRUPTED = 130

export class Workshop {
  readonly #folder = mkdtempSync(join(tmpdir(), 'weft-bench-'))
  readonly #clear = () => rmSync(this.#folder, { recursive: true, force: true })
  readonly #interrupt = () => process.exit(INTERRUPTED)

  constructor() {
    process.once('exit', this.#clear)
    process.once('SIGINT', this.#interrupt)
    process.once('SIGTERM', this.#interrupt)
  }

  /** Writes a tensor. @returns its file */
  put(name: string, floats: Float32Array): string {
    writeFloats(this.path(name), floats)
    return this.path(name)
  }

  /** Writes the tensors of a layer. */
  task(d: ConvDescriptor, data: Data): LayerTask {
    const axes = (values: readonly number[]) => values.slice(3 - d.rank)
    const { transposed, groups, xShape, weightShape, yShape } = d
    return {
      transposed,
      groups,
      kernel: axes(d.kernel),
      stride: axes(d.stride),
      dilation: axes(d.dilation),
      before: axes(d.before),
      after: axes(d.after),
      xShape,
      weightShape,
      yShape,
      x: this.put('x', data.x),
      weight: this.put('weight', data.weight),
      bias: this.put('bias', data.bias),
    }
  }

  path(name: string): string {
    return join(this.#folder, name)
  }

  floats(name: string): Float32Array {
    return readFloats(this.path(name))
  }

  close(): void {
    process.off('exit', this.#clear)
    process.off('SIGINT', this.#interrupt)
    process.off('SIGTERM', this.#interrupt)
    this.#clear()
  }
}
