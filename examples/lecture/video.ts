// A video clip through a 3-D convolution: a kernel over two frames sees what moves, and nothing that stays.
import { Conv3d, Tensor } from '@weft/core'

const [FRAMES, HEIGHT, WIDTH] = [4, 3, 8]
/** A ball in the middle row, one pixel further each frame, and a post that stays. (c, d, h, w) with time as the depth. */
const isBall = (frame: number, row: number, column: number) => row === 1 && column === frame + 1
const isPost = (column: number) => column === 7
const frames = Array.from({ length: FRAMES }, (_, frame) =>
  Array.from({ length: HEIGHT }, (_, row) =>
    Array.from({ length: WIDTH }, (_, column) => (isBall(frame, row, column) || isPost(column) ? 1 : 0)),
  ),
)
const clip = Tensor.from([frames])

// The frame that comes less the frame that was: (co, ci, kd, kh, kw) = (1, 1, 2, 1, 1).
const motion = new Conv3d({ inChannels: 1, outChannels: 1, kernelSize: [2, 1, 1], bias: false })
export const moved = motion.load({ weight: Tensor.from([-1, 1]).reshape([1, 1, 2, 1, 1]) }).forward(clip)

const show = (title: string, volume: Tensor) => {
  const depth = volume.shape[1]
  console.log(title)
  for (let row = 0; row < HEIGHT; row++) {
    const lines = Array.from({ length: depth }, (_, frame) =>
      Array.from({ length: WIDTH }, (_, column) => ({ '-1': '-', 0: '.', 1: '+' })[volume.get(0, frame, row, column)]).join(''),
    )
    console.log(`  ${lines.join('   ')}`)
  }
}
show('the clip, frame by frame', clip)
show('what moved between frames: + came, - went; the post is gone', moved)
