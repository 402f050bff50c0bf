// Running a network to see how long each layer takes.
import { OP_STORAGE, type Span, sizeOf, Tensor } from '@weft/core'
import type { ModelFile, ModelValue, ModelValues, Port } from '@weft/model'
import type { Engine } from '@weft/parallel'

/** As long as is measured after the first runs, and the fewest and most runs. */
const MEASURE_MS = 2_000
const [WARM, FEWEST, MOST] = [2, 5, 200]

export interface Profile {
  readonly threads: number
  readonly runs: number
  /** The median of whole runs, copying in and out included. */
  readonly ms: number
  /** By the index of the step: the medians of the times from its first begin to its last end. */
  readonly layers: readonly number[]
  /** What was done in the last run. */
  readonly last: readonly Span[]
}

/** @param steps of the program that the engine runs for these shapes. @throws what running throws */
export async function profile(
  file: ModelFile,
  engine: Engine,
  shapes: Readonly<Record<string, readonly number[]>>,
  steps: number,
): Promise<Profile> {
  await using model = file.on(engine)
  const values: ModelValues = Object.fromEntries(file.inputs.map((port) => [port.name, numbersFor(port, shapes[port.name])]))
  const times: number[] = []
  const layers: number[][] = Array.from({ length: steps }, () => [])
  let last: readonly Span[] = []
  const onSpans = (spans: readonly Span[]): void => {
    last = spans
  }
  for (let run = 0; run < WARM; run++) await model.run(values, { onSpans })
  const begun = performance.now()
  for (let run = 0; run < MOST && (run < FEWEST || performance.now() - begun < MEASURE_MS); run++) {
    const from = performance.now()
    await model.run(values, { onSpans })
    times.push(performance.now() - from)
    for (const [step, ms] of extents(last)) layers[step].push(ms)
  }
  return { threads: engine.info.threads, runs: times.length, ms: median(times), layers: layers.map(median), last }
}

function extents(spans: readonly Span[]): Map<number, number> {
  const found = new Map<number, { start: number; end: number }>()
  for (const { step, start, ms } of spans) {
    const known = found.get(step) ?? { start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY }
    found.set(step, { start: Math.min(known.start, start), end: Math.max(known.end, start + ms) })
  }
  return new Map([...found].map(([step, { start, end }]) => [step, end - start]))
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Numbers that are neither all the same nor subnormal; small ones for inputs of whole numbers. */
function numbersFor({ dtype }: Port, shape: readonly number[]): ModelValue {
  const size = sizeOf(shape)
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from({ length: size }, () => 1n) }
  const data = new OP_STORAGE[dtype](size) as Float32Array | Int32Array | Uint8Array
  for (let i = 0; i < size; i++) data[i] = dtype === 'float32' ? ((i * 2654435761) % 1000) / 1000 : 1
  return dtype === 'bool' ? { dtype, shape, data } : new Tensor(data, shape)
}
