// What is done to each item of a batch: the seam between the batch route and the commands that compute.
import type { Shape, Tensor } from '@weft/core'
import type { Channels, Frame, Level } from '@weft/io'
import type { Engine, Parallelism } from '@weft/parallel'
import type { OutputFormat } from './outputs.ts'
import type { Input } from './sources/inputs.ts'

/** Plain values, so that they can be hashed, stored and shown. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain }

export interface Work {
  /** For messages: `sobel`, `w.npy`. */
  readonly name: string
  /**
   * What the bytes of every result depend on, beside the input: options as they are, weights and models as hashes. The batch
   * adds the version of weft and what it was told itself (format, quality, tier).
   */
  readonly identity: Readonly<Record<string, Plain>>
  /** Bytes of the numbers that are made of a picture, where they are as many for each. */
  readonly pictureBytes?: number | undefined
  /** Whether a file of several tensors is one item, rather than each of them. */
  readonly whole?: boolean
  /** The format of an input's result unless the user chose one. */
  naturalFormat(input: Input): OutputFormat
  /** jsonl where results go to one file of lines unless the user chose another format. */
  readonly usualFormat?: OutputFormat
  /** Refuses at once what would fail for every such input. @throws OPTION */
  expectWritable(input: Input, format: OutputFormat): void
  /** Called once a run, before the first item. */
  open(shop: Shop): Station
}

/** What a run lends to the work. */
export interface Shop {
  readonly engine: Engine
  readonly parallel: Parallelism
  /** Lines for `--verbose`, shown once for each topic. */
  explain(topic: string, lines: readonly string[]): void
}

/** The work at an engine. */
export interface Station {
  /**
   * Reads one item through `hands.read`, computes, and passes the result to `hands.write`; items go side by side. Nothing that
   * it takes from the engine is kept when it resolves or rejects. Returns what is to be told of the item beside files and times.
   * Run again on the same input it writes the same bytes.
   */
  process(input: Input, hands: Hands): Promise<Readonly<Record<string, Plain>>>
  /** Lets go of what it keeps from item to item: the next one wants all the memory. */
  clear(): Promise<void>
}

/** A tensor, several by name, or values for a line of JSON. */
export type Result =
  | Tensor
  | { readonly tensors: Readonly<Record<string, Tensor>> }
  | { readonly record: { readonly [key: string]: Plain } }

export interface ReadRequest {
  /** How pictures are read. */
  readonly channels: Channels
  /** How pictures are resized and cut, from the width and height of each; as they are unless told. */
  readonly frame?: (width: number, height: number) => Frame
  /** What becomes of the numbers of pictures, a level for each channel; they are 0 to 1 unless told. */
  readonly levels?: readonly Level[] | undefined
  /** Memory for the numbers, asked for once the input was found sound. */
  readonly into: (shape: Shape) => Float32Array
}

/** What the batch does for the work: it knows where items come from and where results go. */
export interface Hands {
  /** The item as float32: a picture as (C, H, W), a tensor as it is. */
  read(request: ReadRequest): Promise<Tensor<Float32Array>>
  /** The tensors of these names of a file that holds several, as float32. @throws NOT_FOUND; OPTION for another file. `taker` is for messages */
  readNamed(names: readonly string[], taker: string): Promise<Readonly<Record<string, Tensor<Float32Array>>>>
  /** Encodes and stores the result of the item. Its memory may be used again once this resolves. */
  write(result: Result): Promise<void>
  /** Aborted when the item is given up. */
  readonly signal: AbortSignal
}
