// Looking at a word of shared memory for a moment: cheaper than to sleep and be woken, where the moment is short.

/** Turns between two looks at the clock. */
const TURNS = 64

/** Tells the processor that this is a spin; V8 of Node 24 and later has it. */
const pause: () => void = (Atomics as { pause?: () => void }).pause ?? (() => {})

/** Waits while the word holds `value`, for so many milliseconds at most; whether it changed. */
export function spin(words: Int32Array, at: number, value: number, ms: number): boolean {
  const end = performance.now() + ms
  do {
    for (let turn = 0; turn < TURNS; turn++) {
      if (Atomics.load(words, at) !== value) return true
      pause()
    }
  } while (performance.now() < end)
  return false
}
