// The matrix kernel: float32 as two bfloat16 each, multiplied on the matrix unit, three products for one, and summed as float32.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import { stageFunctions } from './direct/stage.ts'
import { epilogueOf } from './epilogue.ts'
import { estimateMatrix } from './estimate/matrix.ts'
import type { Kernel } from './kernel.ts'
import { lineOf, MOST_PIECES } from './matrix/blocks.ts'
import { matrixFunction } from './matrix/function.ts'
import { packMatrix } from './matrix/pack.ts'
import { type MatrixPlan, planMatrix, shapeOf } from './matrix/plan.ts'
import { checkReach } from './matrix/reach.ts'
import { computer } from './matrix/run.ts'
import { splitFunction, splitter } from './matrix/split.ts'
import { notPlain } from './plain.ts'

const NAME = 'f32-matrix'

export const matrix: Kernel<MatrixPlan> = {
  name: NAME,
  // A product is off by at most 2^-15 of it: by 2^-16 since a number is by 2^-17, and by as much without what is left of both.
  // The rest is the sum's own rounding.
  error: 4e-5,

  refuses(d, traits) {
    if (!traits.matrix) return 'the tier has no matrix unit'
    if (d.numerics !== 'fast') return `numerics '${d.numerics}' was asked for`
    return notPlain(d, traits) ?? misfit(d)
  },

  order: () => NAME,
  estimate: estimateMatrix,
  worth: 0.9,

  plan(d, traits, workers) {
    const plan = planMatrix(NAME, d, traits, workers)
    checkReach(plan)
    return plan
  },

  costs(plan, step) {
    if (plan.steps[step].name === 'stage') return new Float64Array(plan.steps[step].units).fill(1)
    return Float64Array.from(plan.units, ({ block, from, to }) => plan.blocks[block].lines.count * (to - from + 1))
  },

  functions(plan) {
    const epilogue = epilogueOf(plan.descriptor)
    const functions = [
      ...plan.blocks.flatMap((block) => plan.chunks.map((chunk) => matrixFunction(shapeOf(plan, block, chunk, epilogue)))),
      ...(plan.layout.staged ? stageFunctions(plan) : []),
      ...(plan.split ? [splitFunction] : []),
    ]
    return [...new Map(functions.map((one) => [one.name, one])).values()]
  },

  pack: packMatrix,

  runner(plan, code, memory) {
    const compute = computer(plan, code, memory)
    if (plan.staged === null) return (_, begin, end, at, cancelled) => compute(begin, end, at, cancelled)
    const stage = splitter(plan, plan.staged, code, new Int32Array(memory))
    return (step, begin, end, at, cancelled) => (step === 0 ? stage : compute)(begin, end, at, cancelled)
  },
}

function misfit(d: ConvDescriptor): string | null {
  if (d.oc / d.groups < 4) return `a group has ${d.oc / d.groups} output channels, not 4 or more`
  const { pieces } = lineOf(d.output[2])
  if (pieces > MOST_PIECES && d.output[1] > 1) return `rows of ${d.output[2]} pixels are too short for lines of 16`
  return null
}
