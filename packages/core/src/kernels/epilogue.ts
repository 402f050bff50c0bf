// What is done to a sum before it is stored: a residual added to it, then the activation.
import type { ActivationKind } from '../conv/activation.ts'
import type { ConvDescriptor } from '../conv/descriptor.ts'
import type { Access, Int, Machine, Vec } from '../isa/machine.ts'
import { activationRegisters, emitActivation } from './activate.ts'
import type { Bindings } from './kernel.ts'

export interface Epilogue {
  readonly activation: ActivationKind
  readonly residual: boolean
}

/** Indices of words in the argument block: bytes from an output to its residual, and the activation's parameters. */
export interface EpilogueArgs {
  readonly residual: number
  readonly alpha: number
  readonly beta: number
}

/** Nothing is done. */
export const PLAIN: Epilogue = { activation: 'none', residual: false }

export function epilogueOf({ activation, residual }: ConvDescriptor): Epilogue {
  return { activation: activation.kind, residual }
}

/** The end of a function's name. */
export function epilogueName({ activation, residual }: Epilogue): string {
  return `${residual ? '-residual' : ''}${activation === 'none' ? '' : `-${activation}`}`
}

/** Registers that `emitEpilogue` takes beside the sums. */
export function epilogueRegisters({ activation, residual }: Epilogue): number {
  return Math.max(activationRegisters(activation), residual ? RESIDUAL_REGISTERS : 0)
}
/** The addend, and what a machine without masks takes to load some of its lanes. */
const RESIDUAL_REGISTERS = 2

/** Visits sums with the place of each: a pointer that begins at `from`, which it may move, and bytes beyond it. */
export type Visit = (from: Int, each: (sum: Vec, at: Int, offset: number) => void) => void

/**
 * Emits the epilogue on sums that are to be stored at pointer `y` and beyond.
 * @param count lanes of each that are outputs, where that is not all of them
 */
export function emitEpilogue(
  m: Machine,
  epilogue: Epilogue,
  args: EpilogueArgs,
  sums: readonly Vec[],
  lines: readonly { readonly y: Int; readonly visit: Visit }[],
  count = m.traits.lanes,
): void {
  if (epilogue.residual) for (const { y, visit } of lines) m.scope(() => emitResidual(m, args.residual, y, visit, count))
  emitActivation(m, epilogue.activation, sums, args.alpha, args.beta)
}

function emitResidual(m: Machine, word: number, y: Int, visit: Visit, count: number): void {
  const [from, addend] = [m.arg(word), m.vec()]
  m.add(from, y)
  visit(from, (sum, at, offset) => {
    if (count < m.traits.lanes) m.loadFirst(addend, at, offset, count)
    else m.load(addend, at, offset)
    m.plus(sum, sum, addend)
  })
}

/** Writes the words that the epilogue reads. */
export function writeEpilogueArgs(
  words: Int32Array,
  floats: Float32Array,
  at: number,
  args: EpilogueArgs,
  { activation }: ConvDescriptor,
  { y, residual }: Bindings,
): void {
  words[at + args.residual] = residual - y
  floats[at + args.alpha] = activation.alpha
  floats[at + args.beta] = activation.beta
}

/** The residual of outputs that a call writes. */
export function residualOf(y: Access, words: Int32Array, at: number, { residual }: EpilogueArgs): Access {
  const from = (y.from + words[at + residual]) >>> 0
  return { from, to: from + (y.to - y.from) }
}
