// The frames of a video as items.
import { WeftError } from '@weft/core'
import { type FrameRange, framesWithin, listFrames } from '@weft/io'
import { type Input, type Part, suffixOf } from './inputs.ts'

export interface FrameOptions {
  /** Which frames are items; all unless told. */
  readonly range?: FrameRange
  /** Videos of more in a frame are refused. */
  readonly maxPixels?: number | undefined
}

/** What cannot be read of a video is one item more, the file itself, so that it is counted and named. */
export async function* framesOf(input: Input, { range = {}, maxPixels }: FrameOptions): AsyncGenerator<Input> {
  let damage: WeftError | undefined
  try {
    const listing = await listFrames(input.path, maxPixels)
    for (const { index } of framesWithin(listing.frames, range)) {
      const part: Part = { kind: 'frame', index }
      yield { ...input, part, id: input.id + suffixOf(part) }
    }
    const count = listing.frames.length
    if (listing.damage !== null)
      damage = new WeftError('FORMAT', `${input.path}: it is damaged or cut short, ${count} frames are there: ${listing.damage}`)
  } catch (error) {
    if (!(error instanceof WeftError)) throw error
    damage = error
  }
  if (damage !== undefined) yield { ...input, problem: damage }
}
