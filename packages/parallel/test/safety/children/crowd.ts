// Many threads that load the object at once: each a worker of Node with an engine of its own, or all of one engine.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { open } from '@weft/parallel'
import { wrongOf } from '../known.ts'
import { foldersLeft, mappings, ofTheObject } from '../process-state.ts'
import { configuration, say } from '../say.ts'

interface CrowdConfig {
  /** Workers of Node with an engine of one thread each; 0: one engine. */
  readonly workers: number
  readonly threads: number
}

if (!isMainThread) {
  // All begin together.
  const gate = workerData as Int32Array
  Atomics.add(gate, 0, 1)
  Atomics.notify(gate, 0)
  while (Atomics.load(gate, 0) < gate[1]) Atomics.wait(gate, 0, Atomics.load(gate, 0), 100)
  const engine = await open({ threads: 1 })
  const wrong = await wrongOf(engine, 3)
  parentPort?.postMessage({ tier: engine.info.tier, why: engine.info.why, wrong })
  await engine.close()
} else {
  const { workers, threads } = configuration<CrowdConfig>()
  const results = workers > 0 ? await crowd(workers) : [await alone(threads)]
  say({ results, left: foldersLeft(), objects: mappings().filter(ofTheObject).length })
}

async function alone(threads: number) {
  await using engine = await open({ threads })
  return { tier: engine.info.tier, why: engine.info.why, wrong: await wrongOf(engine, 3) }
}

function crowd(count: number): Promise<unknown[]> {
  const gate = new Int32Array(new SharedArrayBuffer(8))
  gate[1] = count
  return Promise.all(
    Array.from({ length: count }, () => {
      return new Promise((resolve, reject) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: gate, execArgv: process.execArgv })
        let said: unknown = 'nothing'
        worker.on('message', (message) => {
          said = message
        })
        worker.once('error', reject)
        worker.once('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(`a worker ended with ${code}`))))
      })
    }),
  )
}
