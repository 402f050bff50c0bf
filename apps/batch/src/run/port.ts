// The picture that a network takes, read off its input.
import { formatShape, type Shape, sizeOf, Tensor, WeftError } from '@weft/core'
import type { ModelValue, Port } from '@weft/model'
import type { LAYOUTS } from './preprocess.ts'

/** Sizes are null where they may vary. */
export interface PicturePort {
  readonly layout: (typeof LAYOUTS)[number]
  readonly channels: 1 | 3 | null
  readonly height: number | null
  readonly width: number | null
}

/** null when the input takes no picture: another rank, or no place for 1 or 3 channels. */
export function picturePort({ shape }: Port, layout?: PicturePort['layout']): PicturePort | null {
  if (shape !== null && shape.length !== 4) return null
  const sizes = (shape ?? [null, null, null, null]).map((size) => (typeof size === 'number' ? size : null))
  const fits = (axis: number): boolean => [1, 3, null].includes(sizes[axis])
  const last =
    layout === undefined ? ![1, 3].includes(sizes[1] as number) && [1, 3].includes(sizes[3] as number) : layout === 'nhwc'
  if (!fits(last ? 3 : 1)) return null
  const channels = sizes[last ? 3 : 1] as 1 | 3 | null
  const [height, width] = last ? [sizes[1], sizes[2]] : [sizes[2], sizes[3]]
  return { layout: last ? 'nhwc' : 'nchw', channels, height, width }
}

/** (C, H, W) as one item of a batch in the layout. */
export function asBatch(planes: Tensor<Float32Array>, layout: PicturePort['layout']): Tensor<Float32Array> {
  const [channels, height, width] = planes.shape
  if (layout === 'nchw') return planes.reshape([1, ...planes.shape])
  const size = height * width
  const data = new Float32Array(planes.data.length)
  for (let channel = 0; channel < channels; channel++)
    for (let i = 0; i < size; i++) data[i * channels + channel] = planes.data[channel * size + i]
  return new Tensor(data, [1, height, width, channels])
}

/** A tensor of a file as the input takes it: a batch axis added where it is missing, the type made its own. @throws DTYPE */
export function asInput(tensor: Tensor<Float32Array>, { name, dtype, shape }: Port): ModelValue {
  const missing = shape !== null && tensor.rank === shape.length - 1
  const own: Shape = missing ? [1, ...tensor.shape] : tensor.shape
  const { data } = tensor
  if (dtype === 'float32') return new Tensor(data.length === sizeOf(own) ? data : data.slice(), own)
  const odd = data.find((value) => !Number.isSafeInteger(value))
  if (odd !== undefined) {
    const problem = `input '${name}' takes ${dtype}, whole numbers; ${formatShape(own)} has ${odd}`
    throw new WeftError('DTYPE', problem, { name, value: odd })
  }
  if (dtype === 'int64') return { dtype, shape: own, data: BigInt64Array.from(data, BigInt) }
  return { dtype, shape: own, data: (dtype === 'int32' ? Int32Array : Uint8Array).from(data) }
}

/** A picture's samples for an input of whole numbers are rounded, and clamped to 0 to 255. */
export function roundedFor({ dtype }: Port, data: Float32Array): void {
  if (dtype === 'float32') return
  for (let i = 0; i < data.length; i++) data[i] = Math.min(255, Math.max(0, Math.round(data[i])))
}

/** For a person: `x float32 (1, 3, h, w)`. */
export function portText({ name, dtype, shape }: Port): string {
  const sizes = shape === null ? 'of any shape' : formatShape(shape.map((size) => size ?? '?') as unknown as number[])
  return `${name} ${dtype} ${sizes}`
}
