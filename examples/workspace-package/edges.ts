// A package of a workspace that is built on weft: the edges of pictures, (n, 1, h, w) to (n, 1, h, w), on every core.
import { type FloatTensor, type Shape, Tensor } from '@weft/core'
import { open } from '@weft/parallel'

const SOBEL = Tensor.from([
  [
    [-1, 0, 1],
    [-2, 0, 2],
    [-1, 0, 1],
  ],
  [
    [-1, -2, -1],
    [0, 0, 0],
    [1, 2, 1],
  ],
]).reshape([2, 1, 3, 3])

export interface EdgeFinder extends AsyncDisposable {
  /** How steep each picture is, everywhere: sqrt(gx^2 + gy^2). */
  find(pictures: Tensor): Promise<FloatTensor>
}

/** Threads are started and the layer prepared once, for pictures of one shape. */
export async function edgeFinder(shape: Shape, threads?: number): Promise<EdgeFinder> {
  const engine = await open(threads === undefined ? {} : { threads })
  const layer = await engine.prepare({ weight: SOBEL, padding: 1, paddingMode: 'replicate' }, shape)
  return {
    async find(pictures) {
      const slopes = await layer.run(pictures)
      const edges = Tensor.zeros(shape)
      for (let n = 0; n < shape[0]; n++) {
        const [across, down, out] = [slopes.at(n).at(0).data, slopes.at(n).at(1).data, edges.at(n).data]
        out.forEach((_, i) => {
          out[i] = Math.hypot(across[i], down[i])
        })
      }
      return edges
    },
    [Symbol.asyncDispose]: () => engine.close(),
  }
}
