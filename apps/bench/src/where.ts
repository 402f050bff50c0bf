// Where the time of a layer goes: computing, waiting for other threads, and handing the work out and back.

import type { Operands } from '@weft/commands/operands'
import {
  type ConvDescriptor,
  type FloatTensor,
  type Place,
  type Program,
  type ProgramConstant,
  type Span,
  sizeOf,
} from '@weft/core'
import type { Engine } from '@weft/parallel'

/** Milliseconds of a run, as a mean over its threads; together they are its time. */
export interface Where {
  readonly compute: number
  /** From the first thread's begin to the last one's end, without what is computed: threads wait for each other between steps. */
  readonly barrier: number
  /** Before the first thread begins and after the last has ended. */
  readonly dispatch: number
}

export const WHERE_PARTS = ['compute', 'barrier', 'dispatch'] as const satisfies readonly (keyof Where)[]

const LEAST_RUNS = 12

/**
 * Runs the layer as a network of one step, which the engine tells spans of; the input is a constant and nobody asks for the
 * output, so that nothing is copied. @param ms for at least so long
 */
export async function traceConv(engine: Engine, d: ConvDescriptor, operands: Operands, ms: number): Promise<Where> {
  const { program, constants } = programOf(d, operands)
  const prepared = await engine.prepareProgram(program, constants)
  try {
    const runs: Where[] = []
    let spans: readonly Span[] = []
    const onSpans = (told: readonly Span[]) => {
      spans = told
    }
    for (const until = performance.now() + ms; runs.length < LEAST_RUNS || performance.now() < until; ) {
      const start = performance.now()
      await prepared.run([], { parallel: 'channels', onSpans })
      runs.push(whereOf(spans, performance.now() - start, engine.info.threads))
    }
    // The first run warms up, as every row does.
    return typical(runs.slice(1))
  } finally {
    await prepared.dispose()
  }
}

export function whereOf(spans: readonly Span[], ms: number, threads: number): Where {
  const begin = Math.min(...spans.map(({ start }) => start))
  const end = Math.max(...spans.map((span) => span.start + span.ms))
  const compute = spans.reduce((sum, span) => sum + span.ms, 0) / threads
  return { compute, barrier: Math.max(0, end - begin - compute), dispatch: Math.max(0, ms - (end - begin)) }
}

/** The mean of the middle half of runs, by their time. */
export function typical(runs: readonly Where[]): Where {
  const total = ({ compute, barrier, dispatch }: Where) => compute + barrier + dispatch
  const sorted = runs.toSorted((a, b) => total(a) - total(b))
  const middle = sorted.slice(Math.floor(sorted.length / 4), Math.ceil((3 * sorted.length) / 4))
  const mean = (part: keyof Where) => middle.reduce((sum, run) => sum + run[part], 0) / middle.length
  return { compute: mean('compute'), barrier: mean('barrier'), dispatch: mean('dispatch') }
}

function programOf(d: ConvDescriptor, { params, inputs }: Operands): { program: Program; constants: ProgramConstant[] } {
  const constants: ProgramConstant[] = []
  const constant = (shape: readonly number[], data: Float32Array): Place => {
    const info = { dtype: 'float32', shape } as const
    return { info, where: 'constant', at: constants.push({ ...info, data }) - 1 }
  }
  const weight = constant(d.weightShape, (params.weight as FloatTensor).data)
  const bias = params.bias == null ? null : constant([d.oc], (params.bias as FloatTensor).data)
  const x = constant(d.xShape, inputs[0])
  const y: Place = { info: { dtype: 'float32', shape: d.yShape }, where: 'memory', at: 0 }
  const step = {
    kind: 'conv',
    name: 'layer',
    descriptor: d,
    x,
    weight: weight.at,
    bias: bias?.at ?? null,
    residual: null,
    y,
  } as const
  return { program: { inputs: [], outputs: [], steps: [step], bytes: 4 * sizeOf(d.yShape) }, constants }
}
