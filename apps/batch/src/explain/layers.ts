// The layers of a program as rows of a table.
import { costOf, explain, type Program, type ProgramStep, type Shape, sizeOf, type TierName } from '@weft/core'
import type { Profile } from './profile.ts'

export interface LayerRow {
  readonly name: string
  /** `conv 3x3`, `maxPool`. */
  readonly what: string
  /** Of its first output. */
  readonly shape: Shape
  /** Numbers of weight and bias. */
  readonly parameters: number
  /** Multiply-accumulates of a run. */
  readonly macs: number
  /** null for what is no convolution. */
  readonly kernel: string | null
  /** Of one core of the machine that estimates are fitted to, milliseconds. */
  readonly estimateMs: number | null
  /** From the first worker's begin to the last one's end, the median of the runs; null where none was made. */
  readonly measuredMs: number | null
}

export function layerRows({ steps }: Program, tier: TierName, profile: Profile | null): LayerRow[] {
  return steps.map((step, index) => ({ ...rowOf(step, tier), measuredMs: profile?.layers[index] ?? null }))
}

function rowOf(step: ProgramStep, tier: TierName): Omit<LayerRow, 'measuredMs'> {
  if (step.kind === 'op') {
    const { plan, outputs, name } = step
    return { name, what: plan.op, shape: outputs[0].info.shape, parameters: 0, macs: 0, kernel: null, estimateMs: null }
  }
  const { descriptor: d, name, bias, residual } = step
  const { kernel, candidates } = explain(d, tier)
  const micros = candidates.find((candidate) => candidate.kernel === kernel)?.micros ?? null
  const depthwise = d.groups > 1 && d.groups === d.ic ? 'depthwise ' : d.groups > 1 ? 'grouped ' : ''
  const stride = Math.max(...d.stride) > 1 ? `/${Math.max(...d.stride)}` : ''
  return {
    name,
    what: `${d.transposed ? 'transposed ' : ''}${depthwise}conv ${d.kernel.slice(3 - d.rank).join('x')}${stride}${residual === null ? '' : ' + residual'}`,
    shape: d.yShape,
    parameters: sizeOf(d.weightShape) + (bias === null ? 0 : d.oc),
    macs: costOf(d).macs,
    kernel,
    estimateMs: micros === null ? null : (micros * d.batch) / 1000,
  }
}
