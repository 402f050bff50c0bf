// Frames of a video that came before they were asked for, within a limit of memory.
import type { DecodedFrame } from './video-decoder.ts'

const MAX_BYTES = 2 ** 27

export class EarlyFrames {
  readonly #frames = new Map<number, DecodedFrame>()
  #bytes = 0

  /** Keeps a frame, and tells the numbers of those that had to go for it, the oldest first. */
  put(index: number, frame: DecodedFrame): number[] {
    this.#frames.set(index, frame)
    this.#bytes += frame.samples.length
    const dropped: number[] = []
    for (const oldest of this.#frames.keys()) {
      if (this.#bytes <= MAX_BYTES) break
      this.take(oldest)
      dropped.push(oldest)
    }
    return dropped
  }

  take(index: number): DecodedFrame | undefined {
    const frame = this.#frames.get(index)
    if (frame === undefined) return undefined
    this.#frames.delete(index)
    this.#bytes -= frame.samples.length
    return frame
  }

  clear(): void {
    this.#frames.clear()
    this.#bytes = 0
  }
}
