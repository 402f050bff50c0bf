// The outputs that onnxruntime-node makes of a model, to hold weft's against.
import { load } from './installed.ts'

export interface ReferenceValue {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

export interface Reference extends AsyncDisposable {
  readonly inputs: readonly string[]
  /** float32 in, float32 out. */
  run(inputs: Readonly<Record<string, ReferenceValue>>): Promise<Record<string, ReferenceValue>>
}

interface Value {
  readonly data: Float32Array
  readonly dims: readonly number[]
}
interface Library {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => Value
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> }
}
interface Session {
  readonly inputNames: readonly string[]
  run(feeds: Record<string, Value>): Promise<Record<string, Value>>
  release(): Promise<void>
}

/** Of errors only: it warns of initialisers that a model does not use. */
const ERRORS = 3

/** @param threads that it may use; its results may depend on how many */
export async function openReference(model: Uint8Array, threads = 1): Promise<Reference> {
  const ort = await load<Library>('onnxruntime-node')
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: ERRORS }
  const session = await ort.InferenceSession.create(model, options)
  return {
    inputs: session.inputNames,
    async run(inputs) {
      const feeds = Object.entries(inputs).map(([name, { data, shape }]) => [name, new ort.Tensor('float32', data, shape)])
      const outputs = Object.entries(await session.run(Object.fromEntries(feeds)))
      return Object.fromEntries(outputs.map(([name, { data, dims }]) => [name, { data, shape: dims }]))
    },
    [Symbol.asyncDispose]: () => session.release(),
  }
}
