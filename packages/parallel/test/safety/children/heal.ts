// Workers that die or are told to stop while machine code runs, and engines that are closed at once: no page goes too early.
import { createRequire, syncBuiltinESMExports } from 'node:module'
import type { Worker as WorkerThread } from 'node:worker_threads'
import { Tensor, type TierName, WeftError } from '@weft/core'
import { native } from '../../../src/native/native.ts'
import { wrongOfOne } from '../known.ts'
import { isPlacedCode, mappings } from '../process-state.ts'
import { configuration, say } from '../say.ts'

// The pool keeps its threads to itself: they are seen as they are made.
const threads = new Set<WorkerThread>()
const module = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof WorkerThread }
const { Worker: Original } = module
module.Worker = class extends Original {
  constructor(...options: ConstructorParameters<typeof WorkerThread>) {
    super(...options)
    threads.add(this)
    this.once('exit', () => threads.delete(this))
  }
}
syncBuiltinESMExports()
const { open } = await import('@weft/parallel')

const { tier, rounds } = configuration<{ tier: TierName; rounds: number }>()
const here = native()
if (typeof here === 'string') say({ skipped: here })
else {
  const ends: Record<string, number> = {}
  for (let round = 0; round < rounds; round++) {
    const end = await interrupt(round, round % 3 === 0)
    ends[end] = (ends[end] ?? 0) + 1
  }
  say({ ends, placed: mappings().filter(isPlacedCode).length, ...movedMemory() })
}

/** How a long run ended that was cut short; by a dying worker or by its signal, with the engine closed at once or used again. */
async function interrupt(round: number, dies: boolean): Promise<string> {
  const engine = await open({ threads: 2, tier })
  const x = Tensor.full([96, 130, 130], 0.5)
  const layer = await engine.prepare({ weight: Tensor.full([128, 96, 3, 3], 0.25), padding: 1 }, x.shape)
  const controller = new AbortController()
  const run = layer.run(x, { signal: controller.signal }).then(
    () => 'done',
    (error) => (error instanceof WeftError ? error.code : String(error)),
  )
  await new Promise((resolve) => setTimeout(resolve, round % 7))
  if (dies) void [...threads][round % threads.size].terminate()
  else controller.abort()
  if (round % 2 === 0) {
    const end = await run
    const wrong = await wrongOfOne(engine, round)
    if (wrong !== null) say({ failed: round, text: `an engine after a run that ended with ${end}`, why: wrong })
  }
  await engine.close()
  return run
}

/** Every kernel begins with the address of its memory: growing must not move it. */
function movedMemory() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true })
  const address = () => (native() as Exclude<ReturnType<typeof native>, string>).addon.address(new Uint8Array(memory.buffer))
  const before = address()
  for (const pages of [1, 100, 10_000, 40_000]) memory.grow(pages)
  return { moved: address() !== before }
}
