// onnxruntime-web: WebAssembly SIMD, workers as threads.
import { load, versionOf } from './installed.ts'
import { serveOnnx } from './onnx-contestant.ts'
import type { OnnxRuntime } from './onnx-runtime.ts'

const NAME = 'onnxruntime-web'
const ort = await load<OnnxRuntime>(NAME)
ort.env.wasm.numThreads = Number(process.argv[2])

await serveOnnx(versionOf(NAME), ort, { executionProviders: ['wasm'] })
// Its workers would keep the process.
process.exit()
