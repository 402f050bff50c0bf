// onnxruntime-node: native code, threads of its own.
import { load, versionOf } from './installed.ts'
import { serveOnnx } from './onnx-contestant.ts'
import type { OnnxRuntime } from './onnx-runtime.ts'

const NAME = 'onnxruntime-node'
const intraOpNumThreads = Number(process.argv[2])

await serveOnnx(versionOf(NAME), await load<OnnxRuntime>(NAME), {
  executionProviders: ['cpu'],
  intraOpNumThreads,
  interOpNumThreads: 1,
})
