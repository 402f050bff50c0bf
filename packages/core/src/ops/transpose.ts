// Moves that permute axes: transpose, and between channels and pixels of a block.
import { WeftError } from '../errors.ts'
import type { MachineTraits } from '../isa/machine.ts'
import { formatShape, type Shape, stridesOf } from '../tensor/shape.ts'
import { blocksOf, elementsOf } from './blocks.ts'
import { axesOf, expectRank, given, needed } from './inputs.ts'
import { copyVector } from './map-vector.ts'
import type { Op, OpPlan, OpStorage, ValueInfo } from './op.ts'
import { stridedCopy, type View } from './strided.ts'
import type { VectorPath } from './vector.ts'

export type TransposeParams = { readonly perm: readonly number[] }

/** Axis i of the output is axis perm[i] of the input. */
export const transpose: Op<TransposeParams> = {
  name: 'transpose',
  infer(inputs, { perm }) {
    const x = needed('transpose', inputs, 0)
    if (axesOf('transpose', perm, x.shape.length).length !== x.shape.length) {
      throw new WeftError('SHAPE', `transpose: ${formatShape(perm)} does not order the axes of ${formatShape(x.shape)}`)
    }
    return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]) }]
  },
  units: (plan) => blocksOf(plan),
  run: (plan, inputs, [out], begin, end) => permute(transposed(plan), out, given(inputs, 0), begin, end),
  vector: (plan, traits) => permuteVector(plan, transposed(plan), traits),
}

export type BlockParams = {
  readonly block: number
  /** Whether input channels are numbered block row, block column, channel; else channel, row, column. */
  readonly blockFirst: boolean
}

/** (n, c b b, h, w) to (n, c, h b, w b). */
export const depthToSpace: Op<BlockParams> = {
  name: 'depthToSpace',
  infer(inputs, { block }) {
    const x = needed('depthToSpace', inputs, 0)
    expectRank('depthToSpace', x.shape, 4, 4)
    const [n, c, h, w] = x.shape
    divides('depthToSpace', x.shape, c, block * block)
    return [{ dtype: x.dtype, shape: [n, c / block ** 2, h * block, w * block] }]
  },
  units: (plan) => blocksOf(plan),
  run(plan, inputs, [out], begin, end) {
    const [n, c, h, w] = inputShape(plan)
    const { block, blockFirst } = plan.params
    const channels = c / block ** 2
    const moved: Permutation = blockFirst
      ? { shape: [n, block, block, channels, h, w], perm: [0, 3, 4, 1, 5, 2] }
      : { shape: [n, channels, block, block, h, w], perm: [0, 1, 4, 2, 5, 3] }
    permute(moved, out, given(inputs, 0), begin, end)
  },
}

/** (n, c, h b, w b) to (n, b b c, h, w), output channels numbered block row, block column, channel. */
export const spaceToDepth: Op<{ readonly block: number }> = {
  name: 'spaceToDepth',
  infer(inputs, { block }) {
    const x = needed('spaceToDepth', inputs, 0)
    expectRank('spaceToDepth', x.shape, 4, 4)
    const [n, c, h, w] = x.shape
    divides('spaceToDepth', x.shape, h, block)
    divides('spaceToDepth', x.shape, w, block)
    return [{ dtype: x.dtype, shape: [n, c * block ** 2, h / block, w / block] }]
  },
  units: (plan) => blocksOf(plan),
  run(plan, inputs, [out], begin, end) {
    const [n, c, h, w] = inputShape(plan)
    const { block } = plan.params
    const moved = { shape: [n, c, h / block, block, w / block, block], perm: [0, 3, 5, 1, 2, 4] }
    permute(moved, out, given(inputs, 0), begin, end)
  },
}

function inputShape(plan: OpPlan): Shape {
  return (plan.inputs[0] as ValueInfo).shape
}

function divides(op: string, shape: Shape, extent: number, block: number): void {
  if (!Number.isInteger(block) || block < 1 || extent % block !== 0) {
    throw new WeftError('SHAPE', `${op}: ${extent} of ${formatShape(shape)} cannot be cut into blocks of ${block}`, { shape })
  }
}

/** Axis i of what comes out is axis perm[i] of what goes in. */
interface Permutation {
  readonly shape: Shape
  readonly perm: readonly number[]
}

function transposed(plan: OpPlan<TransposeParams>): Permutation {
  return { shape: inputShape(plan), perm: plan.params.perm }
}

function permute(moved: Permutation, out: OpStorage, x: OpStorage, begin: number, end: number): void {
  const { shape, view } = walked(moved)
  stridedCopy(shape, view, out, x, ...elementsOf(out.length, begin, end))
}

function permuteVector(plan: OpPlan, moved: Permutation, traits: MachineTraits): VectorPath | null {
  const { shape, view } = walked(moved)
  return copyVector(plan, shape, view, traits)
}

function walked({ shape, perm }: Permutation): { shape: number[]; view: View } {
  const own = stridesOf(shape)
  return { shape: perm.map((axis) => shape[axis]), view: { base: 0, strides: perm.map((axis) => own[axis]) } }
}
