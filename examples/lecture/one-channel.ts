// One channel: the kernel moves over the picture, and each output is the sum of what lies under it times its taps. Then an edge detector.
import { corr2d, Tensor } from '@weft/core'

const x = Tensor.arange([3, 3])
const k = Tensor.arange([2, 2])
export const y = corr2d(x, k)
console.log(`X ${x}\nK ${k}\nY ${y}`)
console.log('The first is 0*0 + 1*1 + 3*2 + 4*3 = 19.\n')

/** White with a black band in columns 2 to 5. */
export const band = Tensor.from(Array.from({ length: 6 }, () => [1, 1, 0, 0, 0, 0, 1, 1]))
export const edges = corr2d(band, Tensor.from([[1, -1]]))
console.log(`A black band ${band}\n[1, -1] finds its edges ${edges}`)
console.log('1 where white turns black, -1 where black turns white, 0 where neighbours are alike.')
