// Engines opened, used and closed one after the other, and what the process holds meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '@weft/parallel'
import { wrongOfOne } from '../known.ts'
import { holdings } from '../process-state.ts'
import { configuration, say } from '../say.ts'

const { engines, threads, samples } = configuration<{ engines: number; threads: number; samples: number }>()
for (let round = 1; round <= engines; round++) {
  const engine = await open({ threads })
  const { tier, why } = engine.info
  const wrong = await wrongOfOne(engine, round)
  await engine.close()
  if (wrong !== null) throw new Error(`engine ${round}: ${wrong}`)
  // Without this the figures show when V8 happens to collect, not what is held.
  if (round % 5 === 0) globalThis.gc?.()
  if (round % Math.ceil(engines / samples) !== 0 && round !== engines) continue
  for (let times = 0; times < 3; times++) {
    globalThis.gc?.()
    await sleep(20)
  }
  say({ round, tier, why, ...holdings() })
}
