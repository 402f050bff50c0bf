// A map of the network drawn over the picture: what is high glows.
import { formatShape, type Shape, type Tensor, WeftError } from '@weft/core'
import type { Frame } from '@weft/io'
import type { Kind, KindOptions } from './kind.ts'
import { type OneOutput, oneOutput, rangeOf } from './one.ts'

export const heatmap: Kind = {
  about: 'a channel of an output drawn over the picture, from clear (low) over red to yellow (high)',
  single: true,
  formats: ['png', 'jpg', 'webp', 'tiff'],
  naturalFormat: () => 'png',
  async render(outcome, options) {
    const { map, shape } = mapOf(oneOutput(outcome), options)
    const { planes, frame } = await outcome.picture()
    const [low, high] = options.range ?? rangeOf(map)
    const heat = map.map((value) => Math.min(1, Math.max(0, (value - low) / (high - low || 1))))
    draw(planes, heat, shape, frame)
    return { result: planes, about: { shape: [...planes.shape] } }
  },
}

function mapOf({ name, shape, data }: OneOutput, { channel }: KindOptions): { map: Float32Array; shape: Shape } {
  const planes = shape.length === 2 ? [1, ...shape] : shape
  if (planes.length !== 3) {
    const problem = `output '${name}' ${formatShape(shape)} is no map (channels, height, width)`
    throw new WeftError('SHAPE', `${problem}; choose another --as, or another output with --outputs`, { shape })
  }
  const [channels, height, width] = planes
  if (channel === null ? channels !== 1 : channel >= channels) {
    const which = channel === null ? 'which of them to draw' : `one that is there, not ${channel}`
    throw new WeftError('OPTION', `output '${name}' has channels 0 to ${channels - 1}; tell ${which} with --channel`, {
      channels,
    })
  }
  const at = (channel ?? 0) * height * width
  return { map: data.subarray(at, at + height * width), shape: [height, width] }
}

/** Over (3, H, W) of 0 to 1, where it lies. What the network did not see is dimmed. */
function draw(planes: Tensor<Float32Array>, heat: Float32Array, [mapHeight, mapWidth]: Shape, frame: Frame): void {
  const [, height, width] = planes.shape
  const size = height * width
  for (let y = 0; y < height; y++) {
    const mapY = ((((y + 0.5) * frame.pictureHeight) / height + frame.top) * mapHeight) / frame.height - 0.5
    for (let x = 0; x < width; x++) {
      const mapX = ((((x + 0.5) * frame.pictureWidth) / width + frame.left) * mapWidth) / frame.width - 0.5
      const seen = mapY >= -0.5 && mapX >= -0.5 && mapY <= mapHeight - 0.5 && mapX <= mapWidth - 0.5
      const t = seen ? sample(heat, mapHeight, mapWidth, mapY, mapX) : 0
      const shown = seen ? 0.6 : 0.25
      const i = y * width + x
      // Red comes first, then green makes it yellow.
      const glow = [Math.min(1, 2 * t), Math.max(0, 2 * t - 1), 0]
      const cover = 0.75 * Math.min(1, 2 * t)
      for (let channel = 0; channel < 3; channel++) {
        const at = channel * size + i
        planes.data[at] = planes.data[at] * (shown + 0.4 * t) * (1 - cover) + glow[channel] * cover
      }
    }
  }
}

/** Between the four numbers around it; at the edge the nearest. */
function sample(map: Float32Array, height: number, width: number, y: number, x: number): number {
  const [y0, x0] = [Math.min(Math.max(y, 0), height - 1), Math.min(Math.max(x, 0), width - 1)]
  const [top, left] = [Math.floor(y0), Math.floor(x0)]
  const [bottom, right] = [Math.min(top + 1, height - 1), Math.min(left + 1, width - 1)]
  const [v, u] = [y0 - top, x0 - left]
  const above = map[top * width + left] * (1 - u) + map[top * width + right] * u
  const below = map[bottom * width + left] * (1 - u) + map[bottom * width + right] * u
  return above * (1 - v) + below * v
}
