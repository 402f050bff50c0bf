// The layers of a program as rows of a table.
import {
  type Candidate,
  type ChainProgramStep,
  type ConvDescriptor,
  type ConvProgramStep,
  candidatesFor,
  chainCandidate,
  convsOf,
  costOf,
  type Program,
  type ProgramStep,
  type Shape,
  sizeOf,
  TIERS,
  type TierName,
} from '@weft/core'
import type { Profile } from './profile.ts'

export interface LayerRow {
  readonly name: string
  /** `conv 3x3`, `maxPool`; of a chain all of its convolutions. */
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
  const { name, descriptor, residual } = step
  const convs = step.kind === 'chain' ? convsOf(step.descriptor) : [step.descriptor]
  const weights = step.kind === 'chain' ? step.weights : [step]
  const { kernel, micros } = candidateOf(step, tier)
  return {
    name,
    what: `${convs.map(whatOf).join(', ')}${residual === null ? '' : ' + residual'}`,
    shape: descriptor.yShape,
    parameters: convs.reduce((sum, d, i) => sum + sizeOf(d.weightShape) + (weights[i].bias === null ? 0 : d.oc), 0),
    macs: convs.reduce((sum, d) => sum + costOf(d).macs, 0),
    kernel,
    estimateMs: (micros * descriptor.batch) / 1000,
  }
}

function candidateOf(step: ConvProgramStep | ChainProgramStep, tier: TierName): Omit<Candidate, 'inOrder'> {
  const { traits } = TIERS[tier]
  return step.kind === 'chain' ? chainCandidate(step.descriptor, traits, 1) : candidatesFor(step.descriptor, traits).candidates[0]
}

/** `depthwise conv 3x3/2`. */
function whatOf(d: ConvDescriptor): string {
  const depthwise = d.groups > 1 && d.groups === d.ic ? 'depthwise ' : d.groups > 1 ? 'grouped ' : ''
  const stride = Math.max(...d.stride) > 1 ? `/${Math.max(...d.stride)}` : ''
  return `${d.transposed ? 'transposed ' : ''}${depthwise}conv ${d.kernel.slice(3 - d.rank).join('x')}${stride}`
}
