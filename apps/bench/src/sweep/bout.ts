// One problem on one core: every kernel that takes it, and merely touching what it needs, in turn on the same operands.

import { operandsOf } from '@weft/commands/operands'
import {
  type Callable,
  type ConvDescriptor,
  type FloatTensor,
  KERNELS,
  type Plan,
  Staged,
  sizeOf,
  TIERS,
  type Workspace,
} from '@weft/core'
import { summarise } from '../statistics.ts'
import { livePart, touchFunction, writeTouch } from './touch.ts'

/** Rounds in which each kernel has its turn, after one that is thrown away. */
const ROUNDS = 3
/** Samples of a turn at least, and milliseconds; more of those that are thrown away, in which V8 still compiles what calls the code. */
const [LEAST_SAMPLES, LEAST_MS, WARM_MS] = [2, 3, 10]
/** Milliseconds of a sample at least, so that the clock resolves it. */
const SAMPLE_MS = 0.05
/** Multiply-accumulates of a run of the scalar kernel: of more, some rows are run, evenly spread over all. */
const SCALAR_MACS = 2e5
const FIRST_BYTE = 256

/** Median microseconds of a run of each kernel, by name. */
export type Times = ReadonlyMap<string, number>

export interface Bout {
  readonly times: Times
  /**
   * Microseconds that input and weights, as the kernel packs them that packs the fewest bytes, take to be read and the output to be
   * written, once, at the fastest.
   */
  readonly floor: number
}

/** What takes turns with others. */
export interface Contender {
  readonly kernel: string
  readonly run: () => void
  /** Part of the convolution that a run does. */
  readonly part: number
  readonly samples: number[]
  /** Runs of a sample. */
  repeats: number
}

/** @param d of a single item */
export function bout(d: ConvDescriptor, workspace: Workspace): Bout {
  const contenders = contendersOf(d, workspace)
  takeTurns(contenders)
  const [{ min }, ...kernels] = contenders.map(({ samples }) => summarise(samples))
  return { times: new Map(kernels.map(({ p50 }, index) => [contenders[index + 1].kernel, p50])), floor: min }
}

/** Fills the samples, in microseconds of a run. */
export function takeTurns(contenders: readonly Contender[]): void {
  for (let round = 0; round <= ROUNDS; round++) {
    // There and back again: what drifts slowly weighs on all alike.
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      for (let [samples, spent] = [0, 0]; samples < LEAST_SAMPLES || spent < (round === 0 ? WARM_MS : LEAST_MS); samples++) {
        const ms = sample(contender)
        spent += ms * contender.repeats
        // What the clock does not resolve is no sample, in any round: the first run alone may take a thousand times as long as those after it.
        if (ms * contender.repeats < SAMPLE_MS) contender.repeats *= 2
        else if (round > 0) contender.samples.push((ms * 1000) / contender.part)
      }
    }
  }
}

/** Milliseconds of a run. */
function sample({ run, repeats }: Contender): number {
  const start = performance.now()
  for (let index = 0; index < repeats; index++) run()
  return (performance.now() - start) / repeats
}

/** What only touches memory, then kernels with their operands in the workspace, each with packed weights and scratch of its own. */
function contendersOf(d: ConvDescriptor, workspace: Workspace): Contender[] {
  const { traits } = TIERS[workspace.tier]
  const entries = KERNELS.filter(({ refuses }) => refuses(d, traits) === null).map((kernel) => ({
    kernel,
    plan: kernel.plan(d, traits, 1),
  }))
  let end = FIRST_BYTE
  const take = (bytes: number) => {
    const at = end
    end = Math.ceil((end + bytes) / 64) * 64
    return at
  }
  const [x, y] = [take(4 * sizeOf(d.xShape)), take(4 * sizeOf(d.yShape))]
  const places = entries.map(({ plan }) => {
    const { packedBytes, sharedBytes, privateBytes } = plan
    return { x, y, residual: y, packed: take(packedBytes), shared: take(sharedBytes), private: take(privateBytes) }
  })
  const touchArgs = take(4 * touchFunction.words)
  workspace.reserve(end)
  // What is put there is no layer's.
  workspace.tenant = null
  const { buffer } = workspace.memory
  new Uint8Array(buffer, FIRST_BYTE, end - FIRST_BYTE).fill(0)
  const { params, inputs } = operandsOf(d)
  new Float32Array(buffer, x, inputs[0].length).set(inputs[0])
  const [weight, bias] = [params.weight as FloatTensor, params.bias as FloatTensor | null]
  const fewest = entries.reduce(
    (least, { plan }, index) => (plan.packedBytes < entries[least].plan.packedBytes ? index : least),
    0,
  )
  const weights = { weights: places[fewest].packed, weightBytes: livePart(d) * entries[fewest].plan.packedBytes }
  writeTouch(buffer, touchArgs, d, { x, y, ...weights })
  const touch = workspace.callables([touchFunction]).get(touchFunction.name) as Callable
  const kernels = entries.map(({ kernel, plan }, index): Contender => {
    const at = places[index]
    kernel.pack(plan, weight.data, bias?.data ?? null, buffer, at.packed)
    const runner = kernel.runner(plan, workspace.callables(kernel.functions(plan)), buffer)
    const parts = partsOf(plan)
    const run = () => {
      const its = { ...at, staged: new Staged() }
      for (const { step, begin, end: last } of parts) runner(step, begin, last, its, never)
    }
    const part = kernel.name === 'f32-scalar' ? parts.length / plan.steps[0].units : 1
    return { kernel: kernel.name, run, part, samples: [], repeats: 1 }
  })
  return [{ kernel: touchFunction.name, run: () => touch(touchArgs), part: 1, samples: [], repeats: 1 }, ...kernels]
}

/** Every unit of every step, or for the scalar kernel rows one by one. */
function partsOf(plan: Plan): { step: number; begin: number; end: number }[] {
  if (plan.kernel !== 'f32-scalar') return plan.steps.map(({ units }, step) => ({ step, begin: 0, end: units }))
  const { units } = plan.steps[0]
  const rows = Math.ceil(units * Math.min(1, SCALAR_MACS / Math.max(1, plan.macs)))
  return Array.from({ length: rows }, (_, index) => {
    const begin = Math.floor(((index + 0.5) * units) / rows)
    return { step: 0, begin, end: begin + 1 }
  })
}

function never(): boolean {
  return false
}
