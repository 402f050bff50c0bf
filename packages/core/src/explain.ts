// Every choice explained: shapes, cost, the kernel that runs, what each other would take, and why it refused.
import { type ConvCost, costOf } from './conv/cost.ts'
import type { ConvDescriptor } from './conv/descriptor.ts'
import { TIERS, type TierName } from './isa/tiers.ts'
import { type Candidate, candidatesFor, type Refusal, select } from './kernels/registry.ts'
import { fastestTier } from './probe.ts'
import { formatShape } from './tensor/shape.ts'

export interface Explanation {
  readonly descriptor: ConvDescriptor
  readonly cost: ConvCost
  readonly tier: TierName
  readonly kernel: string
  /** The machine code that the kernel calls, by name. */
  readonly functions: readonly string[]
  /** The kernels that take it, the one that runs first, with their estimated times; and those that refuse. */
  readonly candidates: readonly Candidate[]
  readonly refusals: readonly Refusal[]
  /** As bytes below, those of one worker alone: several may share what each would make. */
  readonly steps: readonly { readonly name: string; readonly units: number }[]
  /** Multiply-accumulates that the plan does: fewer than the cost says where it leaves padding out. */
  readonly macs: number
  readonly packedBytes: number
  readonly sharedBytes: number
  readonly privateBytes: number
  readonly toString: () => string
}

/** What would run for a convolution on a tier, by default the fastest of this JavaScript engine. Allocates no tensor. */
export function explain(d: ConvDescriptor, tier: TierName = fastestTier().tier): Explanation {
  const { traits } = TIERS[tier]
  const { candidates, refusals } = candidatesFor(d, traits)
  const { kernel, plan } = select(d, traits, candidates[0].kernel)
  const explanation = {
    descriptor: d,
    cost: costOf(d),
    tier,
    kernel: kernel.name,
    functions: kernel.functions(plan).map(({ name }) => name),
    candidates,
    refusals,
    steps: plan.steps,
    macs: plan.macs * d.batch,
    packedBytes: plan.packedBytes,
    sharedBytes: plan.sharedBytes,
    privateBytes: plan.privateBytes,
  }
  return { ...explanation, toString: () => asText(explanation) }
}

function asText(e: Omit<Explanation, 'toString'>): string {
  const d = e.descriptor
  const axes = (values: readonly number[]) => values.slice(3 - d.rank).join('x')
  const padding = d.before.slice(3 - d.rank).map((before, axis) => `${before}+${d.after[3 - d.rank + axis]}`)
  const rows: [string, string][] = [
    ['operation', `${d.rank}-D ${d.transposed ? 'transposed ' : ''}convolution`],
    ['x', formatShape(d.xShape)],
    ['weight', formatShape(d.weightShape)],
    ['y', formatShape(d.yShape)],
    ['stride', axes(d.stride)],
    ['padding', `${padding.join(', ')} ${d.paddingMode}`],
    ['dilation', axes(d.dilation)],
    ['groups', String(d.groups)],
    ['bias', d.bias ? 'yes' : 'no'],
    ['residual', d.residual ? 'added before the activation' : 'no'],
    ['activation', d.activation.kind],
    ['numerics', d.numerics],
    ['multiply-accumulates', e.cost.macs.toLocaleString('en')],
    ['without padding', `${e.macs.toLocaleString('en')} that the plan does`],
    ['FLOPs', `${e.cost.flops.toLocaleString('en')} (multiplications and additions)`],
    ['bytes', `${e.cost.bytes.toLocaleString('en')} (x, weight, ${d.residual ? 'residual, ' : ''}y, each once)`],
    ['intensity', `${e.cost.intensity.toFixed(1)} FLOPs a byte`],
    ['tier', `${e.tier}: ${TIERS[e.tier].about}`],
    ['kernel', e.kernel],
    ['code', e.functions.length === 0 ? 'none emitted' : e.functions.join(', ')],
    ['steps', e.steps.map(({ name, units }) => `${name} (${units} units)`).join(', ')],
    ['memory', `packed ${kib(e.packedBytes)}, shared ${kib(e.sharedBytes)}, each worker ${kib(e.privateBytes)}`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
  const estimate = ({ kernel, micros }: Candidate) => `  ${kernel}: ${time(micros)}`
  const section = (title: string, entries: readonly string[]) => (entries.length === 0 ? [] : [title, ...entries])
  return [
    ...lines,
    ...section('estimates for an item on one core, best first:', e.candidates.filter(({ inOrder }) => inOrder).map(estimate)),
    ...section(OTHER_ORDER, e.candidates.filter(({ inOrder }) => !inOrder).map(estimate)),
    ...section(
      'refused:',
      e.refusals.map(({ kernel, reason }) => `  ${kernel}: ${reason}`),
    ),
  ].join('\n')
}

/** The bits follow from the order, so that it is chosen by the estimates of one machine for all. */
const OTHER_ORDER = 'in another order of sums, which is chosen alike on every machine:'

function time(micros: number): string {
  const [value, unit] = micros < 1000 ? [micros, 'us'] : micros < 1e6 ? [micros / 1000, 'ms'] : [micros / 1e6, 's']
  return `${Number(value.toPrecision(3))} ${unit}`
}

function kib(bytes: number): string {
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
