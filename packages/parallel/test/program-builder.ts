// Programs written down step by step, every value with its own bytes; and what an operator gives by itself.
import {
  describeConv,
  OP_STORAGE,
  type OpParams,
  opNamed,
  type Place,
  type Program,
  type ProgramConstant,
  type ProgramStep,
  planOp,
  type Shape,
  sizeOf,
  Tensor,
} from '@weft/core'

export function numbers(shape: Shape, seed: number): Tensor {
  return new Tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 0.37 + seed)),
    shape,
  )
}

export class Builder {
  readonly steps: ProgramStep[] = []
  readonly constants: ProgramConstant[] = []
  bytes = 0

  value(shape: Shape): Place {
    const at = this.bytes
    this.bytes += Math.ceil((4 * sizeOf(shape)) / 64) * 64
    return { info: { dtype: 'float32', shape }, where: 'memory', at }
  }

  constant({ data, shape }: Tensor): Place {
    const info = { dtype: 'float32', shape } as const
    return { info, where: 'constant', at: this.constants.push({ ...info, data }) - 1 }
  }

  conv(x: Place, weight: Tensor, padding: number, residual: Place | null = null): Place {
    const descriptor = describeConv(x.info.shape, weight.shape, false, {
      padding,
      activation: 'relu',
      residual: residual !== null,
    })
    const y = this.value(descriptor.yShape)
    const { at } = this.constant(weight)
    this.steps.push({ kind: 'conv', name: `conv ${at}`, descriptor, x, weight: at, bias: null, residual, y })
    return y
  }

  op(op: string, inputs: Place[], params: OpParams = {}): Place {
    const plan = planOp(
      op,
      inputs.map(({ info }) => info),
      params,
    )
    const y = this.value(plan.outputs[0].shape)
    this.steps.push({ kind: 'op', name: op, plan, inputs, outputs: [y] })
    return y
  }

  program(x: Place, y: Place): Program {
    const { steps, bytes } = this
    return { inputs: [{ name: 'x', place: x }], outputs: [{ name: 'y', place: y }], steps, bytes }
  }
}

/** The operator's own way, on the calling thread. */
export function runOp(name: string, inputs: readonly Tensor[], params: OpParams): Tensor {
  const plan = planOp(
    name,
    inputs.map(({ shape }) => ({ dtype: 'float32', shape })),
    params,
  )
  const out = new OP_STORAGE.float32(sizeOf(plan.outputs[0].shape))
  const op = opNamed(name)
  op.run(
    plan,
    inputs.map(({ data }) => data as Float32Array),
    [out],
    0,
    op.units(plan),
  )
  return new Tensor(out, plan.outputs[0].shape)
}
