// Storing sums of the matrix unit: from tiles of 16 channels by 16 outputs to the planes of the output.
import type { Int, Machine } from '../../isa/machine.ts'
import { ROW_BYTES } from '../../isa/matrix-unit.ts'
import { type Epilogue, emitEpilogue, type Visit } from '../epilogue.ts'
import { copyOf } from '../move.ts'
import { LINE_BYTES, MATRIX_ARGS } from './args.ts'

/**
 * Emits the store of as many channels as word `channels` says, whose sums lie one behind the other from where word `sums` says.
 * @param widths outputs of each line, up to 16
 * @param y where the first output of the first channel goes; null: where word `y` says
 */
export function emitStore(m: Machine, widths: readonly number[], epilogue: Epilogue, channels: number, y: Int | null): void {
  m.scope(() => {
    const [from, step] = [m.arg(MATRIX_ARGS.sums), m.arg(MATRIX_ARGS.yChannel)]
    const to = y === null ? m.arg(MATRIX_ARGS.y) : copyOf(m, y)
    m.loop(m.arg(channels), () => {
      widths.forEach((width, line) => {
        m.scope(() => {
          const [sum, at] = [m.vec(), 4 * widths[0] * line]
          m.load(sum, from, line * LINE_BYTES)
          const visit: Visit = (place, each) => each(sum, place, at)
          emitEpilogue(m, epilogue, MATRIX_ARGS, [sum], [{ y: to, visit }], width)
          if (width < m.traits.lanes) m.storeFirst(to, at, sum, width)
          else m.store(to, at, sum)
        })
      })
      m.add(from, ROW_BYTES)
      m.add(to, step)
    })
  })
}
