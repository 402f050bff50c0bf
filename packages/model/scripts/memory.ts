// Proof that memory stays flat: many runs of one network, and many networks that are loaded, run and disposed of, on an engine of two threads.
// Fails where the process holds more at the end than after the first tenth of the runs, or half of the networks, or the engine's shared
// memory is not given back. V8 lets its young generation grow when many short-lived objects are made, and glibc keeps what was freed; neither
// is what is looked for. What V8 compiled of networks comes and goes by 25 MB:
// MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072 node --expose-gc --max-semi-space-size=2 --conditions=@weft/source
//   packages/model/scripts/memory.ts [--runs 10000] [--models 200] [--allowed 8]
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Tensor } from '@weft/core'
import { load, type Model } from '@weft/model'
import { type Engine, open } from '@weft/parallel'
import { inputOf, pathOf, REAL_MODELS } from '../test/real/models.ts'
import { pictures } from '../test/real/pictures.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    models: { type: 'string', default: '200' },
    allowed: { type: 'string', default: '8' },
  },
})
const STATUS = '/proc/self/status'
const SAMPLES = 100
/** MB, for what V8 compiles and glibc keeps: 10,000 runs that leak a thousand bytes each take more. */
const ALLOWED = Number(values.allowed)
const DIGIT = [1, 1, 28, 28]
const LENET = {
  path: join(import.meta.dirname, '../../../apps/batch/digits/lenet.onnx'),
  x: new Tensor(pictures(DIGIT, 'nchw', 1), DIGIT),
}
const NETWORKS = [
  LENET,
  ...REAL_MODELS.map((real) => ({ path: pathOf(real), x: new Tensor(inputOf(real, real.shapes[0]), real.shapes[0]) })),
]

if (globalThis.gc === undefined) throw new Error('without --expose-gc the figures show when V8 happens to collect')
const collect = globalThis.gc
await using engine = await open({ threads: 2 })
{
  await using lenet = await load(engine, LENET.path)
  await watch('runs of one network', Number(values.runs), 0.1, () => run(lenet, LENET.x))
}
await watch('networks loaded, run and disposed of', Number(values.models), 0.5, async (i) => {
  const { path, x } = NETWORKS[i % NETWORKS.length]
  await using network = await load(engine, path)
  await run(network, x)
})

async function run(network: Model, x: Tensor): Promise<void> {
  await network.run({ [network.inputs[0].name]: x })
}

/** Does it so often, and holds what the process keeps at the end against the most within the first `share`. */
async function watch(what: string, count: number, share: number, work: (index: number) => Promise<void>): Promise<void> {
  const every = Math.max(1, Math.floor(count / SAMPLES))
  let [early, sharedEarly] = [0, 0]
  for (let done = 1; done <= count; done++) {
    await work(done - 1)
    if (done % every !== 0) continue
    const { own, shared } = held(engine)
    if (done <= Math.max(every, count * share)) [early, sharedEarly] = [Math.max(early, own), shared]
    if (done % (10 * every) === 0)
      console.log(`${done} ${what}: ${own.toFixed(1)} MB of its own, ${shared} bytes of the engine's in use`)
  }
  const { own, shared } = held(engine)
  const grown = own - early
  const flat = grown <= ALLOWED && shared === sharedEarly
  console.log(
    `${what}: ${flat ? 'flat' : 'not flat'}: ${grown.toFixed(1)} MB more than within the first ${100 * share} % (${ALLOWED} are allowed), ` +
      `${shared - sharedEarly} bytes of the engine's not given back`,
  )
  if (!flat) process.exitCode = 1
}

function held({ info }: Engine): { own: number; shared: number } {
  collect()
  return { own: ownMemory() / 2 ** 20, shared: info.memory.used }
}

/** Bytes, where Linux tells them without pages of files: those of Node's program alone, which the system drops and reads again, come and go by 40 MB. */
function ownMemory(): number {
  if (!existsSync(STATUS)) return process.memoryUsage.rss()
  const kilobytes = [...readFileSync(STATUS, 'utf8').matchAll(/^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$/gm)]
  return kilobytes.reduce((sum, [, count]) => sum + 1024 * Number(count), 0)
}
