// Storing sums of the matrix unit: from tiles of 16 channels by 16 outputs to the planes of the output.
import type { Int, Machine } from '../../isa/machine.ts'
import { ROW_BYTES } from '../../isa/matrix-unit.ts'
import { type Epilogue, type EpilogueArgs, emitEpilogue, type Visit } from '../epilogue.ts'

/** What is done to sums that are complete. */
export interface Storing {
  /** Outputs of each line, up to 16. */
  readonly widths: readonly number[]
  readonly epilogue: Epilogue
}

/** Words of the argument block. */
export interface StoreArgs extends EpilogueArgs {
  /** Channels that there are, up to 32, and bytes from one to the next in y. */
  readonly channels: number
  readonly yChannel: number
}

/**
 * Emits the store of tiles of channels that lie one behind the other, `lineBytes` from a line's to the next line's.
 * @param y where the first output of the first channel goes
 */
export function emitStore(
  m: Machine,
  { widths, epilogue }: Storing,
  args: StoreArgs,
  sums: Int,
  lineBytes: number,
  y: Int,
): void {
  m.scope(() => {
    const [from, to, step] = [m.int(), m.int(), m.arg(args.yChannel)]
    m.move(from, sums)
    m.move(to, y)
    m.loop(m.arg(args.channels), () => {
      widths.forEach((width, line) => {
        m.scope(() => {
          const [sum, at] = [m.vec(), 4 * widths[0] * line]
          m.load(sum, from, line * lineBytes)
          const visit: Visit = (place, each) => each(sum, place, at)
          emitEpilogue(m, epilogue, args, [sum], [{ y: to, visit }], width)
          if (width < m.traits.lanes) m.storeFirst(to, at, sum, width)
          else m.store(to, at, sum)
        })
      })
      m.add(from, ROW_BYTES)
      m.add(to, step)
    })
  })
}
