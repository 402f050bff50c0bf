// One item from its source to its result: what the batch does for the work, timed by stage.
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Tensor, toWire, WeftError } from '@weft/core'
import { formatOf, readTensor, type WriteTensorOptions, writeAtomically } from '@weft/io'
import type { Folders, Item } from './outputs.ts'
import { type StageTimes, Stopwatch } from './stages.ts'
import type { Plain, Station } from './work.ts'

export interface Done {
  readonly ok: true
  /** What the work tells of it. */
  readonly about: Readonly<Record<string, Plain>>
  readonly ms: number
  readonly stages: StageTimes
  readonly bytesRead: number
  readonly bytesWritten: number
}
export interface Failed {
  readonly ok: false
  readonly code: string
  readonly message: string
}

/** @throws what reading, the work or writing throws. */
export async function processItem(
  item: Item,
  station: Station,
  folders: Folders,
  options: WriteTensorOptions,
  signal: AbortSignal,
): Promise<Done> {
  const watch = new Stopwatch()
  const source = await stat(item.path).catch(() => null)
  let bytesWritten = 0
  const write = async (result: Tensor): Promise<void> => {
    const pieces = await watch.time('encode', () => formatOf(item.output).encode(asWritten(result, item.output), options))
    signal.throwIfAborted()
    await watch.time('write', async () => {
      await folders.make(dirname(item.output))
      await writeAtomically(item.output, pieces)
    })
    bytesWritten = pieces.reduce((sum, piece) => sum + piece.length, 0)
  }
  const about = await station.process(item, {
    signal,
    read: ({ channels, into }) => watch.time('read', () => readTensor(item.path, { channels, entry: item.entry, into })),
    write,
  })
  return { ok: true, about, ms: watch.ms, stages: watch.stages, bytesRead: source?.size ?? 0, bytesWritten }
}

/** A picture has no batch axis: one item is written as itself. */
function asWritten(tensor: Tensor, path: string): Tensor {
  const single = tensor.rank === 4 && tensor.shape[0] === 1 && !/\.(npy|safetensors)$/.test(path)
  return single ? tensor.at(0) : tensor
}

/** An error as a result that names the item's file. */
export function failed(error: unknown, item: Item): Failed {
  const { code, message } = toWire(error)
  const named = message.includes(item.path) ? message : `${item.path}: ${message}`
  // Core and the engine speak to programs; here the only thing to do is another file.
  const remedy = code === 'MEMORY' ? '; it does not fit even alone: make it smaller or cut it into pieces' : ''
  return { ok: false, code, message: named + remedy }
}

/** Whether an item that failed so is worth a second try with the machine to itself. */
export function passing(error: unknown): boolean {
  return error instanceof WeftError && (error.code === 'MEMORY' || error.code === 'WORKER')
}
