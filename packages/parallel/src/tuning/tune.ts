// The tuning of an engine: every rival for every layer prepared, run in turn, and the times kept.
import { type ConvDescriptor, type RunOperands, type Shape, TIERS, WeftError } from '@weft/core'
import type { ConvParams, ConvTransposeParams, Engine, Layer } from '../types.ts'
import { rivalsFor, winnerOf } from './choose.ts'
import { measureRivals } from './measure.ts'
import type { Tuning } from './tuning.ts'

/** A layer to be tuned: what `prepare` is called with, or where it says so `prepareTranspose`. */
export type TuneLayer =
  | { readonly x: Shape; readonly params: ConvParams & RunOperands; readonly transposed?: false }
  | { readonly x: Shape; readonly params: ConvTransposeParams & RunOperands; readonly transposed: true }

export interface Tuned {
  readonly descriptor: ConvDescriptor
  /** Median microseconds of a run of each kernel that was measured, fastest first. */
  readonly kernels: readonly { readonly kernel: string; readonly micros: number }[]
  /** The kernel that `prepare` takes from now on. */
  readonly winner: string
}

export interface TuneOptions {
  /** Where the times are kept; by default the file that the engine was opened with, if any. */
  file?: string
  /** Stops between runs; the promise rejects with ABORTED. Layers that are done stay tuned, in the file too. */
  signal?: AbortSignal
  onProgress?: (progress: { readonly done: number; readonly total: number; readonly tuned: Tuned }) => void
}

export async function tuneLayers(
  engine: Engine,
  tuning: Tuning,
  layers: readonly TuneLayer[],
  { file = tuning.file, signal, onProgress }: TuneOptions,
): Promise<Tuned[]> {
  const results: Tuned[] = []
  try {
    for (const layer of layers) {
      const tuned = await tuneLayer(engine, tuning, layer, signal)
      results.push(tuned)
      onProgress?.({ done: results.length, total: layers.length, tuned })
    }
  } finally {
    if (file !== undefined && results.length > 0) await tuning.save(file)
  }
  return results
}

async function tuneLayer(engine: Engine, tuning: Tuning, layer: TuneLayer, signal: AbortSignal | undefined): Promise<Tuned> {
  if (signal?.aborted) throw new WeftError('ABORTED', 'the tuning was cancelled by its signal', {}, { cause: signal.reason })
  const { traits } = TIERS[tuning.setting.tier]
  const prepared: Layer[] = []
  const tensors: ReturnType<Engine['tensor']>[] = []
  const prepare = async (kernel?: string) => {
    const options = kernel === undefined ? {} : { kernel }
    prepared.push(
      layer.transposed
        ? await engine.prepareTranspose(layer.params, layer.x, options)
        : await engine.prepare(layer.params, layer.x, options),
    )
    return prepared[prepared.length - 1]
  }
  try {
    const { descriptor } = await prepare()
    const tensor = (shape: Shape) => {
      tensors.push(engine.tensor(shape))
      return tensors[tensors.length - 1]
    }
    const [x, out] = [tensor(descriptor.xShape), tensor(descriptor.yShape)]
    const residual = descriptor.residual ? tensor(descriptor.yShape) : null
    const rivals = []
    for (const kernel of rivalsFor(descriptor, traits)) {
      const rival = await prepare(kernel)
      rivals.push({ kernel, run: () => rival.run(x, { out, residual, signal }) })
    }
    const times = await measureRivals(rivals, () => performance.now())
    tuning.add(descriptor, times)
    const kernels = [...times].map(([kernel, micros]) => ({ kernel, micros })).sort((a, b) => a.micros - b.micros)
    return { descriptor, kernels, winner: winnerOf(descriptor, traits, times) as string }
  } finally {
    for (const each of prepared) await each.close()
    for (const tensor of tensors) engine.release(tensor)
  }
}
