// weft in a page: a disc is drawn, its edges are found on the page's own thread, and drawn beside it.
import { conv, fastestTier, Tensor } from '@weft/core'

const [drawing, result] = [...document.querySelectorAll('canvas')].map((canvas) => canvas.getContext('2d'))
if (drawing === null || result === null) throw new Error('this browser has no canvas to draw on')
const { width, height } = drawing.canvas

drawing.fillRect(0, 0, width, height)
drawing.fillStyle = 'white'
drawing.ellipse(width / 2, height / 2, width / 3, height / 3, 0, 0, 2 * Math.PI)
drawing.fill()

// One channel, from 0 (black) to 1 (white); a canvas has four numbers a pixel.
const pixels = drawing.getImageData(0, 0, width, height).data
const picture = new Tensor(
  Float32Array.from({ length: width * height }, (_, i) => pixels[4 * i] / 255),
  [1, height, width],
)
const sobel = Tensor.from([
  [
    [
      [-1, 0, 1],
      [-2, 0, 2],
      [-1, 0, 1],
    ],
  ],
  [
    [
      [-1, -2, -1],
      [0, 0, 0],
      [1, 2, 1],
    ],
  ],
])
const start = performance.now()
const edges = conv(picture, { weight: sobel, padding: 'same', paddingMode: 'replicate' })
const ms = performance.now() - start

const [across, down] = [edges.at(0).data, edges.at(1).data]
const shown = result.createImageData(width, height)
for (let i = 0; i < width * height; i++) shown.data.fill(255 * Math.min(1, Math.hypot(across[i], down[i]) / 2), 4 * i, 4 * i + 3)
for (let i = 0; i < width * height; i++) shown.data[4 * i + 3] = 255
result.putImageData(shown, 0, 0)

const said = document.querySelector('#said')
if (said !== null) said.textContent = `${width} x ${height} by tier ${fastestTier().tier} in ${ms.toFixed(1)} ms`
