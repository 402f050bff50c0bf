// What is used of onnxruntime-node and onnxruntime-web. Written down here so that types are checked where neither is installed.

export interface OnnxTensor {
  readonly data: Float32Array<ArrayBuffer>
  readonly dims: readonly number[]
}

export interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Record<string, OnnxTensor>, outputs?: readonly string[]): Promise<Record<string, OnnxTensor>>
  release(): Promise<void>
}

export interface OnnxRuntime {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => OnnxTensor
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> }
  readonly env: { readonly wasm: { numThreads: number }; logLevel: string }
}
