// A batch as one writes it without weft: a plain loop around sharp and ONNX Runtime, for pictures of a folder.
// node onnx-batch.ts onnxruntime-node|onnxruntime-web THREADS MODEL FOLDER RESULTS SIDE TOP
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { load } from './installed.ts'
import type { OnnxRuntime } from './onnx-runtime.ts'

interface Pipeline {
  metadata(): Promise<{ readonly width: number; readonly height: number }>
  resize(width: number, height: number, options: object): Pipeline
  extract(box: Readonly<Record<'left' | 'top' | 'width' | 'height', number>>): Pipeline
  toColourspace(name: string): Pipeline
  removeAlpha(): Pipeline
  raw(): Pipeline
  toBuffer(): Promise<Uint8Array>
}

const [name, threads, model, folder, results, sideText, topText] = process.argv.slice(2)
const [side, topCount] = [Number(sideText), Number(topText)]
const [MEAN, STD] = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
]

const ort = await load<OnnxRuntime>(name)
const sharp = await load<(path: string) => Pipeline>('sharp')
const native = name === 'onnxruntime-node'
if (!native) ort.env.wasm.numThreads = Number(threads)
const options = native
  ? { executionProviders: ['cpu'], intraOpNumThreads: Number(threads), interOpNumThreads: 1 }
  : { executionProviders: ['wasm'] }
const session = await ort.InferenceSession.create(readFileSync(model), { graphOptimizationLevel: 'all', ...options })
const [input] = session.inputNames
const [output] = session.outputNames

const file = openSync(results, 'w')
for (const id of readdirSync(folder).sort()) {
  const x = new ort.Tensor('float32', await numbersOf(join(folder, id)), [1, 3, side, side])
  const scores = (await session.run({ [input]: x }))[output].data
  writeSync(file, `${JSON.stringify({ id, top: topOf(scores) })}\n`)
}
closeSync(file)
await session.release()
// Threads of a WebAssembly library would keep the process.
process.exit()

/** As torchvision does it: the shorter side to 256/224 of the size, the middle, less the mean of ImageNet, by its spread. */
async function numbersOf(path: string): Promise<Float32Array> {
  const picture = sharp(path)
  const { width, height } = await picture.metadata()
  const scale = (side * 256) / 224 / Math.min(width, height)
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)]
  const box = { left: -Math.round((side - w) / 2), top: -Math.round((side - h) / 2), width: side, height: side }
  const resized = picture.resize(w, h, { fit: 'fill', kernel: 'linear' }).extract(box)
  const pixels = await resized.toColourspace('srgb').removeAlpha().raw().toBuffer()
  const size = side * side
  const numbers = new Float32Array(3 * size)
  for (let channel = 0; channel < 3; channel++) {
    const [mean, std] = [MEAN[channel], STD[channel]]
    for (let i = 0; i < size; i++) numbers[channel * size + i] = (pixels[3 * i + channel] / 255 - mean) / std
  }
  return numbers
}

function topOf(scores: Float32Array): { class: number; score: number }[] {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a])
  return order.slice(0, topCount).map((index) => ({ class: index, score: scores[index] }))
}
