// What becomes of a network's outputs: the contract of kinds of results.
import type { Tensor } from '@weft/core'
import type { Frame } from '@weft/io'
import type { ModelValue } from '@weft/model'
import type { OutputFormat } from '../../outputs.ts'
import type { Plain, Result } from '../../work.ts'
import type { Preprocessing } from '../preprocess.ts'

export interface KindOptions {
  /** Classes that are listed, the highest first. */
  readonly top: number
  readonly labels: readonly string[] | null
  readonly scores: (typeof SCORES)[number]
  /** Of a heat map. */
  readonly channel: number | null
  /** What is black and what is white; null: see the kind. */
  readonly range: readonly [number, number] | null
}

export const SCORES = ['auto', 'raw', 'softmax'] as const

/** An item whose outputs are there. */
export interface Outcome {
  /** By the names of the outputs, those that were asked for, in their order. */
  readonly outputs: Readonly<Record<string, ModelValue>>
  /** How the network was fed the picture; null where the item is none. */
  readonly fed: Pick<Preprocessing, 'colour' | 'layout'> | null
  /** The picture as it is, and the frame in which the network saw it; throws OPTION where the item is none. */
  picture(): Promise<{ planes: Tensor<Float32Array>; frame: Frame }>
}

export interface Rendered {
  readonly result: Result
  /** What is told of the item beside files and times. */
  readonly about: Readonly<Record<string, Plain>>
}

export interface Kind {
  readonly about: string
  /** Where it makes one of exactly one output. */
  readonly single: boolean
  naturalFormat(outputs: number): OutputFormat
  readonly formats: readonly OutputFormat[]
  render(outcome: Outcome, options: KindOptions): Promise<Rendered>
}
