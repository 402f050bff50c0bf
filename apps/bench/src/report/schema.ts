// Shapes that results of several kinds have in common. What nobody reads is not looked at.
import * as v from 'valibot'

export const positive = v.pipe(v.number(), v.minValue(0))
export const count = v.pipe(v.number(), v.integer(), v.minValue(1))

export const MACHINE = v.looseObject({
  cpu: v.string(),
  cores: count,
  arch: v.string(),
  platform: v.string(),
  release: v.string(),
  memoryBytes: positive,
  node: v.string(),
  v8: v.string(),
})
export const OTHERS = v.looseObject({ busy: positive, cores: count })
export const TIER = v.looseObject({ name: v.string(), why: v.array(v.string()) })

export const ABOUT = { version: v.string(), date: v.string(), command: v.string() }
