// The kernels, and which of them runs a convolution.
import type { ConvDescriptor, Operation } from '../conv/descriptor.ts'
import { WeftError } from '../errors.ts'
import type { MachineTraits } from '../isa/machine.ts'
import { broadcast } from './broadcast.ts'
import { chain } from './chain.ts'
import { depthwise } from './depthwise.ts'
import { direct } from './direct.ts'
import { area } from './estimate/far.ts'
import { gemv } from './gemv.ts'
import type { Kernel, Plan, Planned } from './kernel.ts'
import { STEP } from './matrix/cut.ts'
import { matrix } from './matrix.ts'
import { NOMINAL, NOMINAL_NARROW } from './nominal.ts'
import { planes } from './planes.ts'
import { pointwise } from './pointwise.ts'
import { scalar } from './scalar.ts'
import { WINOGRADS, winograd } from './winograd.ts'

export const KERNELS: readonly Kernel[] = [
  pointwise as Kernel,
  depthwise as Kernel,
  ...WINOGRADS.map((shape) => winograd(shape) as Kernel),
  matrix as Kernel,
  gemv,
  planes as Kernel,
  broadcast as Kernel,
  direct as Kernel,
  scalar,
]

/** @throws OPTION for a name that is not in the registry. */
export function kernelNamed(name: string): Kernel {
  const kernel = KERNELS.find((candidate) => candidate.name === name)
  if (kernel === undefined) {
    throw new WeftError('OPTION', `kernel '${name}' is unknown; there are ${KERNELS.map((known) => known.name).join(', ')}`)
  }
  return kernel
}

/** What runs the plans that say so, of a convolution or of a chain. */
export function plannedBy(name: string): Planned {
  return (name === chain.name ? chain : kernelNamed(name)) as Planned
}

/** A kernel that takes a convolution. */
export interface Candidate {
  readonly kernel: string
  /** What an item would take on one core of the machine that estimates are fitted to, in microseconds. */
  readonly micros: number
  /** Whether it sums in the order that was chosen for the convolution: only then may it be taken without being named. */
  readonly inOrder: boolean
}

export interface Refusal {
  readonly kernel: string
  readonly reason: string
}

export interface Candidates {
  /** The one to be taken first: those of the chosen order, then the others, each by their estimates. */
  readonly candidates: readonly Candidate[]
  readonly refusals: readonly Refusal[]
}

/** Of descriptors that live, which never change: a network asks for each again and again, alone and in chains. */
const known = new WeakMap<ConvDescriptor, Map<MachineTraits, Candidates>>()
const orders = new WeakMap<ConvDescriptor, Map<boolean, string>>()

/** Every kernel: what it would take, or why it refuses. */
export function candidatesFor(d: ConvDescriptor, traits: MachineTraits): Candidates {
  const own = known.get(d) ?? new Map<MachineTraits, Candidates>()
  const candidates = own.get(traits) ?? compared(d, traits)
  known.set(d, own.set(traits, candidates))
  return candidates
}

function compared(d: ConvDescriptor, traits: MachineTraits): Candidates {
  const order = orderFor(d, traits)
  const candidates: Candidate[] = []
  const refusals: Refusal[] = []
  for (const kernel of KERNELS) {
    const reason = kernel.refuses(d, traits)
    if (reason !== null) refusals.push({ kernel: kernel.name, reason })
    else candidates.push({ kernel: kernel.name, micros: kernel.estimate(d, traits), inOrder: kernel.order(d) === order })
  }
  candidates.sort((a, b) => Number(b.inOrder) - Number(a.inOrder) || a.micros - b.micros)
  return { candidates, refusals }
}

/**
 * The order of sums that is best on the nominal machines, taken together: it decides the bits, which must be the same on every
 * machine but those with a matrix unit, which have their own where a kernel of theirs is best.
 */
export function orderFor(d: ConvDescriptor, { matrix }: Pick<MachineTraits, 'matrix'>): string {
  const own = orders.get(d) ?? new Map<boolean, string>()
  const order = own.get(matrix) ?? (matrix ? orderBesideMatrix(d) : bestOrder(d, [NOMINAL, NOMINAL_NARROW]))
  orders.set(d, own.set(matrix, order))
  return order
}

/**
 * Sums of fewer products than a step of the matrix unit takes are not for it: what few weights lose by being rounded is alike for all pixels,
 * and networks make more of it than of all that later layers lose (EfficientNet-B0 1.8e-3 of its range, 5e-4 without).
 */
function orderBesideMatrix(d: ConvDescriptor): string {
  const order = bestOrder(d, [{ ...NOMINAL, matrix: true }])
  const few = order === matrix.name && (d.ic / d.groups) * area(d.kernel) < STEP
  return few || timesByOrder(d, NOMINAL).has(order) ? orderFor(d, NOMINAL) : order
}

/** That of the least product of times on the machines: what one gains in parts of its time counts as much as what another loses. */
function bestOrder(d: ConvDescriptor, machines: readonly MachineTraits[]): string {
  const times = machines.map((machine) => timesByOrder(d, machine))
  let [best, least] = ['', Number.POSITIVE_INFINITY]
  for (const order of times[0].keys()) {
    const product = times.reduce((all, one) => all * (one.get(order) ?? Number.POSITIVE_INFINITY), 1)
    if (product < least) [best, least] = [order, product]
  }
  return best
}

/** What the fastest kernel of each order takes. */
function timesByOrder(d: ConvDescriptor, machine: MachineTraits): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const kernel of KERNELS) {
    if (kernel.refuses(d, machine) !== null) continue
    const time = kernel.estimate(d, machine) / (kernel.worth ?? 1)
    const order = kernel.order(d)
    times.set(order, Math.min(times.get(order) ?? Number.POSITIVE_INFINITY, time))
  }
  return times
}

/** A plan, and what runs it. */
export interface Selected<D extends Operation = Operation> {
  readonly kernel: Planned
  readonly plan: Plan<D>
  /** The kernels that would not take it, and why. */
  readonly refusals: readonly Refusal[]
}

/** Of a convolution. */
export interface Selection extends Selected<ConvDescriptor> {
  readonly kernel: Kernel
}

/**
 * The kernel of the least estimate among those of the chosen order of sums, or the one that is asked for by name.
 * @param workers that share a run
 * @throws OPTION when that one refuses.
 */
export function select(d: ConvDescriptor, traits: MachineTraits, name?: string, workers = 1): Selection {
  if (name !== undefined) {
    const kernel = kernelNamed(name)
    const reason = kernel.refuses(d, traits)
    if (reason !== null) throw new WeftError('OPTION', `kernel ${name} refuses: ${reason}`)
    return { kernel, plan: kernel.plan(d, traits, workers), refusals: [] }
  }
  const { candidates, refusals } = candidatesFor(d, traits)
  const kernel = kernelNamed(candidates[0].kernel)
  return { kernel, plan: kernel.plan(d, traits, workers), refusals }
}
