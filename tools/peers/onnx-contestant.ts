// ONNX Runtime as a contestant, native or WebAssembly: one session a layer or network, its tensors made once.
import { readFileSync } from 'node:fs'
import { joined, readFloats } from '../../apps/bench/src/layers/floats.ts'
import type { LayerTask, ModelTask } from '../../apps/bench/src/layers/protocol.ts'
import { contestant, type Prepared, serve } from '../../apps/bench/src/layers/serve.ts'
import { onnxModel } from './onnx-model.ts'
import type { OnnxRuntime, OnnxTensor } from './onnx-runtime.ts'

/** @param ort the library, its threads set already where that is not an option of a session */
export async function serveOnnx(version: string, ort: OnnxRuntime, sessionOptions: object): Promise<void> {
  const prepared = async (model: Uint8Array, feeds: Record<string, OnnxTensor>): Promise<Prepared> => {
    const session = await ort.InferenceSession.create(model, { graphOptimizationLevel: 'all', ...sessionOptions })
    let outputs: OnnxTensor[] = []
    return {
      kernel: null,
      async run() {
        // New arrays each run, whatever a run is given for its outputs. Their memory goes back at once, or the next has to wait
        // for fresh pages, until a collection now and then.
        for (const { data } of outputs) data.buffer.transfer(0)
        const found = await session.run(feeds)
        outputs = session.outputNames.map((name) => found[name])
      },
      output: () => joined(outputs.map(({ data }) => Float32Array.from(data as ArrayLike<number>, Number))),
      release: () => session.release(),
    }
  }
  const tensor = (path: string, shape: readonly number[]) => new ort.Tensor('float32', readFloats(path), shape)
  const prepare = (task: LayerTask) =>
    prepared(onnxModel(task, readFileSync(task.weight), readFileSync(task.bias)), { x: tensor(task.x, task.xShape) })
  const prepareModel = ({ model, inputs }: ModelTask) =>
    prepared(readFileSync(model), Object.fromEntries(inputs.map(({ name, shape, x }) => [name, tensor(x, shape)])))
  await serve({ version }, contestant({ prepare, prepareModel }))
}
