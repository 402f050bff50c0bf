// A photograph under kernels that one can name: across, down, Laplace, blur. Edges are where either direction is steep.
import { join } from 'node:path'
import { conv, type FloatTensor, Tensor } from '@weft/core'
import { readImage } from '@weft/io'

/** Three by three; what sums to 0 sees changes only, what sums to 1 keeps the brightness. */
export const KERNELS = {
  across: [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  down: [-1, -2, -1, 0, 0, 0, 1, 2, 1],
  laplace: [0, 1, 0, 1, -4, 1, 0, 1, 0],
  blur: [1 / 16, 2 / 16, 1 / 16, 2 / 16, 4 / 16, 2 / 16, 1 / 16, 2 / 16, 1 / 16],
}

/** (1, height, width), 0 black to 1 white. */
export const photo = await readImage(join(import.meta.dirname, '../../apps/batch/photos/camera.jpg'), { channels: 'gray' })
const weight = new Tensor(Float32Array.from(Object.values(KERNELS).flat()), [4, 1, 3, 3])
/** (4, height, width): one convolution, an output channel for each kernel. */
export const maps = conv(photo, { weight, padding: 1, paddingMode: 'replicate' })

export const edges = Tensor.zeros(photo.shape)
const [across, down] = [maps.at(0).data, maps.at(1).data]
for (let i = 0; i < edges.size; i++) edges.data[i] = Math.hypot(across[i], down[i])

/** As characters, dark to light: means of blocks, which are a convolution with as large a stride. */
function draw(title: string, picture: FloatTensor, gain: number): void {
  const [, height, width] = picture.shape
  const [high, wide] = [Math.floor(height / 24), Math.floor(width / 64)]
  const small = conv(picture, { weight: Tensor.full([1, 1, high, wide], 1 / (high * wide)), stride: [high, wide] })
  console.log(title)
  for (let row = 0; row < small.shape[1]; row++) {
    const line = [...small.at(0).at(row).data]
    console.log(line.map((value) => ' .:-=+*#%@'[Math.min(9, Math.max(0, Math.floor(10 * gain * value)))]).join(''))
  }
}
draw('the photograph', photo, 1)
draw('its edges', edges, 1.5)
