// Parts of 128 bits: some of their lanes moved to and from memory, and lanes of two put together.
import { i8x16, type Local, local, v128 } from 'wasmati'

export type IntLocal = Local<'i32'>
export type VecLocal = Local<'v128'>

/** The first `count` floats; none below 1, all from 4 on. */
export function loadPart(to: VecLocal, at: IntLocal, offset: number, count: number): void {
  if (count <= 0) local.set(to, v128.const('i32x4', [0, 0, 0, 0]))
  else if (count === 1) local.set(to, v128.load32_zero({ offset }, at))
  else if (count >= 4) local.set(to, v128.load({ offset, align: 4 }, at))
  else {
    local.set(to, v128.load64_zero({ offset, align: 4 }, at))
    if (count === 3) local.set(to, v128.load32_lane({ offset: offset + 8 }, 2, at, to))
  }
}

/** The first `count` lanes; none below 1, all from 4 on. */
export function storePart(at: IntLocal, offset: number, from: VecLocal, count: number): void {
  if (count <= 0) return
  if (count === 1) v128.store32_lane({ offset }, 0, at, from)
  else if (count >= 4) v128.store({ offset, align: 4 }, at, from)
  else {
    v128.store64_lane({ offset, align: 4 }, 0, at, from)
    if (count === 3) v128.store32_lane({ offset: offset + 8 }, 2, at, from)
  }
}

/** Two lanes of a, then two of b: `first` and the one after the next. */
export function everySecond(to: VecLocal, a: VecLocal, b: VecLocal, first: number): void {
  const bytes = [0, 2, 4, 6].flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * (lane + first) + byte))
  local.set(to, i8x16.shuffle(bytes, a, b))
}
