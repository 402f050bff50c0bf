// A process that is spoken to line by line: a contestant, or one that measures what a core can do.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Calls, Hello, Refusal } from './protocol.ts'

/** What a contestant answered instead: that it has no such operation, or why it failed. */
export class Refused extends Error {
  readonly unsupported: boolean

  constructor({ error, unsupported }: Refusal) {
    super(error)
    this.unsupported = unsupported
  }
}

type Reply = (object | Refusal) & { readonly cpuMs: number }

/**
 * glibc would give large blocks back to the system at once, and a library that takes a new one each run would wait for pages
 * more than it computes, now and then. It keeps them here.
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 25),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 40),
  MALLOC_TOP_PAD_: String(2 ** 26),
}

/** Of what a child writes to standard error the end is kept, for the sentence that says why it ended. */
const KEPT = 600

export class Child {
  hello: Hello = { version: '' }
  /** Processor time of it and its threads, when it last answered. */
  cpuMs = 0
  readonly #process: ChildProcess
  readonly #lines: Interface
  readonly #waiting: ((reply: Reply) => void)[] = []
  #complaints = ''
  #ended = false

  private constructor(process: ChildProcess) {
    this.#process = process
    this.#lines = createInterface({ input: process.stdio[3] as Readable })
    this.#lines.on('line', (line) => this.#waiting.shift()?.(JSON.parse(line) as Reply))
    process.stderr?.on('data', (data) => {
      this.#complaints = (this.#complaints + data).slice(-KEPT)
    })
    process.stdin?.on('error', () => undefined)
    process.on('error', ({ message }) => this.#end(message))
    process.on('close', (code, signal) => this.#end(`its process ended with ${signal ?? code}: ${this.#complaints.trim()}`))
  }

  /** Waits until it says that it is ready. @throws Refused where it ends before. */
  static async start([command, ...args]: readonly string[]): Promise<Child> {
    const child = new Child(
      spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe', 'pipe'], env: { ...process.env, ...KEEP_MEMORY } }),
    )
    child.hello = (await child.#reply()) as Hello
    return child
  }

  get ended(): boolean {
    return this.#ended
  }

  /** @throws Refused */
  async ask<Name extends keyof Calls>(name: Name, request: Calls[Name][0]): Promise<Calls[Name][1]> {
    const reply = this.#reply()
    if (!this.#ended) this.#process.stdin?.write(`${JSON.stringify({ name, request })}\n`)
    return (await reply) as Calls[Name][1]
  }

  async close(): Promise<void> {
    if (this.#ended) return
    const closed = once(this.#process, 'close')
    this.#process.stdin?.end()
    await closed
  }

  async #reply(): Promise<object> {
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.push(resolve)
      if (this.#ended) this.#end('its process has ended')
    })
    this.cpuMs = reply.cpuMs
    if ('error' in reply) throw new Refused(reply)
    return reply
  }

  #end(why: string): void {
    this.#ended = true
    for (const answer of this.#waiting.splice(0)) answer({ error: why, unsupported: false, cpuMs: this.cpuMs })
  }
}
