// An engine of two threads on a tier, for as long as a test needs it; nothing where this machine has no such tier.
import type { TierName } from '@weft/core'
import { type Engine, open } from '@weft/parallel'
import { expect } from 'vitest'

export async function onTier(tier: TierName, body: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = await open({ threads: 2, tier }).catch((error) => {
    expect(error).toMatchObject({ code: 'TIER' })
    return null
  })
  if (engine === null) return
  await body(engine)
  await engine.close()
}
