// weft in a process of its own, as somebody uses it who prepares a layer and keeps tensors in the engine's memory, or who loads a network.
import { operandsOf } from '@weft/commands/operands'
import { parseProblem, Tensor, type TierChoice } from '@weft/core'
import { load, type ModelValues } from '@weft/model'
import { allowPairing, open } from '@weft/parallel'
import { VERSION } from '../version.ts'
import { traceConv, type Where } from '../where.ts'
import { joined, readFloats } from './floats.ts'
import type { Calls, LayerTask, ModelTask } from './protocol.ts'
import { contestant, type Prepared, serve } from './serve.ts'

const [threads, tier, pairing] = process.argv.slice(2)
if (pairing === 'pairing') allowPairing()
const engine = await open({ threads: Number(threads), tier: tier as TierChoice })

async function prepare(task: LayerTask): Promise<Prepared> {
  const { weightShape, stride, dilation, groups, before, after } = task
  const weight = new Tensor(readFloats(task.weight), weightShape)
  const values = readFloats(task.bias)
  const padding = before.map((size, axis): [number, number] => [size, after[axis]])
  const params = { weight, bias: new Tensor(values, [values.length]), stride, dilation, groups, padding }
  const layer = await (task.transposed ? engine.prepareTranspose : engine.prepare).call(engine, params, task.xShape)
  const [x, out] = [engine.tensor(task.xShape), engine.tensor(task.yShape)]
  x.data.set(readFloats(task.x))
  out.data.fill(Number.NaN)
  return {
    kernel: layer.selection.kernel,
    run: () => layer.run(x, { out }),
    output: () => out.data,
    async release() {
      await layer.close()
      engine.release(x)
      engine.release(out)
    },
  }
}

async function prepareModel({ model: path, inputs }: ModelTask): Promise<Prepared> {
  const model = await load(engine, path)
  const values = Object.fromEntries(inputs.map(({ name, shape }) => [name, engine.tensor(shape)]))
  for (const { name, x } of inputs) values[name].data.set(readFloats(x))
  let outputs: ModelValues = {}
  return {
    kernel: null,
    async run() {
      outputs = await model.run(values)
    },
    output: () => joined(model.outputs.map(({ name }) => Float32Array.from(outputs[name].data, Number))),
    async release() {
      await model[Symbol.asyncDispose]()
      for (const value of Object.values(values)) engine.release(value)
    },
  }
}

async function trace({ problem, ms }: Calls['trace'][0]): Promise<Where> {
  const { descriptor } = parseProblem(problem)
  return traceConv(engine, descriptor, operandsOf(descriptor), ms)
}

const hello = { version: VERSION, tier: { name: engine.info.tier, why: engine.info.why } }
await serve(hello, { ...contestant({ prepare, prepareModel }), trace })
await engine.close()
