// Shapes that results of several kinds have in common. What nobody reads is not looked at.
import * as v from 'valibot'

/** Nothing that would move a cursor: results are files, and their text goes to terminals too. */
export const line = v.pipe(v.string(), v.regex(/^\P{Cc}*$/u, 'it has control characters'))
export const positive = v.pipe(v.number(), v.minValue(0))
export const count = v.pipe(v.number(), v.integer(), v.minValue(1))

export const MACHINE = v.looseObject({
  cpu: line,
  cores: count,
  arch: line,
  platform: line,
  release: line,
  memoryBytes: positive,
  node: line,
  v8: line,
})
export const OTHERS = v.looseObject({ busy: positive, cores: count })
export const TIER = v.looseObject({ name: line, why: v.array(line) })

export const ROOF = v.looseObject({
  threads: count,
  peaks: v.array(v.looseObject({ tier: line, gflops: v.nullable(positive), why: line })),
  copies: v.array(v.looseObject({ bytes: count, gbPerSecond: positive })),
})

export const WHERE = v.looseObject({ compute: positive, barrier: positive, dispatch: positive })

export const ABOUT = { version: line, date: line, command: line }
