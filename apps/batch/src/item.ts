// One item from its file to its result: decode into the arena, convolve there, encode from there.
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type FloatTensor, type Shape, type Tensor, toWire, WeftError } from '@weft/core'
import { readTensor, writeTensor } from '@weft/io'
import type { Engine, Layer } from '@weft/parallel'
import { magnitude } from './combine.ts'
import type { Job } from './job.ts'
import type { LayerCache } from './layers.ts'
import type { Folders, Item } from './outputs.ts'

/** What the items of a run share. */
export interface Shop {
  readonly job: Job
  readonly engine: Engine
  readonly layers: LayerCache<Layer>
  readonly folders: Folders
  /** Told of each layer that was prepared. */
  readonly prepared: (layer: Layer) => void
}

export interface Done {
  readonly ok: true
  readonly shape: Shape
  readonly kernel: string
  readonly ms: number
  readonly bytesRead: number
  readonly bytesWritten: number
}
export interface Failed {
  readonly ok: false
  readonly code: string
  readonly message: string
}

/** @throws what reading, convolving or writing throws; nothing of it stays in the arena. */
export async function convolve(item: Item, shop: Shop): Promise<Done> {
  const { job, engine, layers, folders } = shop
  const { recipe, parallel } = job
  const start = performance.now()
  const held = new Set<FloatTensor>()
  const hold = (shape: Shape): FloatTensor => {
    const tensor = engine.tensor(shape)
    held.add(tensor)
    return tensor
  }
  const letGo = (tensor: FloatTensor): void => {
    held.delete(tensor)
    engine.release(tensor)
  }
  try {
    let x: FloatTensor | undefined
    const into = (shape: Shape): Float32Array => {
      x = hold(shape)
      return x.data
    }
    const read = await readTensor(item.path, { channels: recipe.channels, entry: item.entry, into })
    const { key, x: shape, params, magnitude: joined } = recipe.treat(read.shape, item.picture)
    const prepare = async (): Promise<Layer> => {
      const layer = await engine.prepare(params, shape)
      shop.prepared(layer)
      return layer
    }
    const { y, kernel } = await layers.with(key, prepare, async (layer) => {
      const y = hold(layer.descriptor.yShape)
      await layer.run(read.reshape(shape), { out: y, parallel })
      return { y, kernel: layer.selection.kernel }
    })
    if (x !== undefined) letGo(x)
    const result = joined ? await magnitude(y) : y
    await folders.make(dirname(item.output))
    await writeTensor(item.output, asWritten(result, item.output), job.write)
    const [source, target] = await Promise.all([stat(item.path), stat(item.output)])
    return {
      ok: true,
      shape: result.shape,
      kernel,
      ms: performance.now() - start,
      bytesRead: source.size,
      bytesWritten: target.size,
    }
  } finally {
    for (const tensor of held) engine.release(tensor)
  }
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
