// The native object and the pages of kernels in the memory map of a process that opens and closes engines.
import { readdirSync, readlinkSync } from 'node:fs'
import type { TierName } from '@weft/core'
import { open } from '@weft/parallel'
import { native } from '../../../src/native/native.ts'
import { wrongOfOne } from '../known.ts'
import { foldersLeft, isPlacedCode, mappings, ofTheObject } from '../process-state.ts'
import { configuration, say } from '../say.ts'

const { tier, engines } = configuration<{ tier: TierName; engines: number }>()
const here = native()
if (typeof here === 'string') say({ skipped: here })
else {
  const placed = () => mappings().filter(isPlacedCode).length
  const handles = () => readdirSync('/proc/self/fd').filter((name) => link(name).includes('weft-native-')).length
  const atFirst = placed()
  let most = 0
  for (let round = 0; round < engines; round++) {
    const engine = await open({ threads: 2, tier })
    const wrong = await wrongOfOne(engine, round)
    if (wrong !== null) throw new Error(wrong)
    most = Math.max(most, placed())
    await engine.close()
  }
  const object = mappings().filter(ofTheObject)
  const names = new Set(object.map(({ path }) => path))
  const rights = object.map((mapping) => mapping.rights)
  say({ names: [...names], rights, handles: handles(), left: foldersLeft(), placed: { atFirst, most, atLast: placed() } })
}

function link(handle: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${handle}`)
  } catch {
    return '' // The one that the folder was read with.
  }
}
