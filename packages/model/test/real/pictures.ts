// Inputs for real networks: lines of strokes like writing, dark on a bright ground with noise, by a seed. Text detectors answer to it.
import { sizeOf } from '@weft/core'
import { randomNumbers } from '../../../../tools/random.ts'

export type Layout = 'nchw' | 'nhwc'

/** Of a sign, in pixels; a line is as high as its signs, and the gap below it. */
const [HEIGHT, WIDTH, GAP, THICKNESS] = [16, 12, 14, 2]
const [GROUND, INK, NOISE] = [2, -2, 0.2]

/** Numbers from about -2 to 2, in the layout's order: what an ImageNet mean and deviation make of black and white. */
export function pictures(shape: readonly number[], layout: Layout, seed: number): Float32Array<ArrayBuffer> {
  const random = randomNumbers(seed)
  const [items, channels, height, width] = layout === 'nchw' ? shape : [shape[0], shape[3], shape[1], shape[2]]
  const [step, next] = layout === 'nchw' ? [height * width, 1] : [1, channels]
  const data = new Float32Array(sizeOf(shape))
  for (let item = 0; item < items; item++) {
    const picture = strokes(height, width, random)
    const first = item * channels * height * width
    for (let channel = 0; channel < channels; channel++) {
      picture.forEach((value, i) => {
        data[first + channel * step + i * next] = value + NOISE * (random() * 2 - 1)
      })
    }
  }
  return data
}

function strokes(height: number, width: number, random: () => number): Float32Array {
  const picture = new Float32Array(height * width).fill(GROUND)
  const ink = (top: number, left: number, bottom: number, right: number) => {
    for (let y = top; y < Math.min(bottom, height); y++)
      for (let x = left; x < Math.min(right, width); x++) picture[y * width + x] = INK
  }
  for (let top = GAP; top + HEIGHT < height; top += HEIGHT + GAP) {
    for (let left = GAP; left + WIDTH < width - GAP; left += WIDTH) {
      if (random() < 0.1) continue
      for (const at of [0, 0.5, 1]) {
        const [down, across] = [Math.round(at * (HEIGHT - THICKNESS)), Math.round(at * (WIDTH - 5))]
        if (random() < 0.6) ink(top + down, left, top + down + THICKNESS, left + WIDTH - 3)
        if (random() < 0.6) ink(top, left + across, top + HEIGHT, left + across + THICKNESS)
      }
    }
  }
  return picture
}
