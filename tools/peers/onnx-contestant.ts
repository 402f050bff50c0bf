// ONNX Runtime as a contestant, native or WebAssembly: one session a layer, its tensors made once.
import { readFileSync } from 'node:fs'
import { readFloats } from '../../apps/bench/src/layers/floats.ts'
import type { LayerTask } from '../../apps/bench/src/layers/protocol.ts'
import { layers, type Prepared, serve } from '../../apps/bench/src/layers/serve.ts'
import { onnxModel } from './onnx-model.ts'
import type { OnnxRuntime, OnnxTensor } from './onnx-runtime.ts'

/** @param ort the library, its threads set already where that is not an option of a session */
export async function serveOnnx(version: string, ort: OnnxRuntime, sessionOptions: object): Promise<void> {
  const prepare = async (task: LayerTask): Promise<Prepared> => {
    const model = onnxModel(task, readFileSync(task.weight), readFileSync(task.bias))
    const session = await ort.InferenceSession.create(model, { graphOptimizationLevel: 'all', ...sessionOptions })
    const feeds = { x: new ort.Tensor('float32', readFloats(task.x), task.xShape) }
    let y: OnnxTensor | undefined
    return {
      kernel: null,
      async run() {
        // A new array each run, whatever a run is given for its output. Its memory goes back at once, or the next has to wait
        // for fresh pages, until a collection now and then.
        y?.data.buffer.transfer(0)
        y = (await session.run(feeds, ['y'])).y
      },
      output: () => (y as OnnxTensor).data,
      release: () => session.release(),
    }
  }
  await serve({ version }, layers(prepare))
}
