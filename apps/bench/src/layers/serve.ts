// The side of a contestant: requests from standard input, replies to descriptor 3, so that nothing a library prints is taken for one.
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { writeFloats } from './floats.ts'
import type { Calls, Hello, LayerTask, ModelTask, Refusal, Turn } from './protocol.ts'

/** A layer, or a network, as a contestant holds it. */
export interface Prepared {
  readonly kernel: string | null
  /** One run on tensors that are in place. */
  run(): Promise<unknown> | undefined
  /** Of the last run, N C (D) (H) W; of a network all outputs one after the other. */
  output(): Float32Array
  release(): Promise<unknown> | undefined
}

/** What a contestant can prepare. */
export interface Prepares {
  prepare?(task: LayerTask): Promise<Prepared>
  prepareModel?(task: ModelTask): Promise<Prepared>
}

/** Thrown where a library has no such convolution. */
export class Unsupported extends Error {}

type Handlers = { readonly [Name in keyof Calls]?: (request: Calls[Name][0]) => Promise<Calls[Name][1]> }

const REPLIES = 3
/** Longer than the system's clock ticks, and what a process at rest may use of it. */
const LOOK_MS = 6
const REST_MS = 1
const LONGEST_REST_MS = 1000

/** Answers until standard input ends. */
export async function serve(hello: Hello, handlers: Handlers): Promise<void> {
  reply(hello)
  for await (const line of createInterface({ input: process.stdin })) {
    const { name, request } = JSON.parse(line) as { name: keyof Calls; request: never }
    try {
      const handler = handlers[name]
      if (handler === undefined) throw new Error(`there is no '${name}' here`)
      reply(await handler(request))
    } catch (error) {
      reply({
        error: error instanceof Error ? error.message : String(error),
        unsupported: error instanceof Unsupported,
      } satisfies Refusal)
    }
  }
}

/** The handlers of something that runs what it has prepared. */
export function contestant({ prepare, prepareModel }: Prepares): Handlers {
  let prepared: Prepared | undefined
  let lastMs = 0
  const held = (): Prepared => {
    if (prepared === undefined) throw new Error('nothing is prepared')
    return prepared
  }
  const hold = async (made: Promise<Prepared>) => {
    prepared = await made
    return { kernel: prepared.kernel }
  }
  const timed = async (): Promise<number> => {
    const own = held()
    const start = performance.now()
    await own.run()
    lastMs = performance.now() - start
    return lastMs
  }
  return {
    ...(prepare && { prepare: (task) => hold(prepare(task)) }),
    ...(prepareModel && { prepareModel: (task) => hold(prepareModel(task)) }),
    async output({ path }) {
      await timed()
      writeFloats(path, held().output())
      await rest()
      return {}
    },
    async turn({ warmMs, runs, ms }: Turn) {
      let warm = 0
      do warm += await timed()
      while (warm + lastMs < warmMs)
      const samples: number[] = []
      for (let spent = 0; samples.length < runs || spent < ms; spent += lastMs) samples.push(await timed())
      await rest()
      return { samples }
    },
    async release() {
      const last = prepared
      prepared = undefined
      await last?.release()
      return {}
    },
  }
}

/** Threads of many libraries spin for tens of milliseconds after a run: the next contestant waits until they stop. */
async function rest(): Promise<void> {
  const until = performance.now() + LONGEST_REST_MS
  for (let used = Number.POSITIVE_INFINITY; used > REST_MS && performance.now() < until; ) {
    const before = cpuMs()
    await setTimeout(LOOK_MS)
    used = cpuMs() - before
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function reply(body: object): void {
  const line = Buffer.from(`${JSON.stringify({ ...body, cpuMs: cpuMs() })}\n`)
  for (let sent = 0; sent < line.length; ) sent += writeSync(REPLIES, line, sent)
}
