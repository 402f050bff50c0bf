// What an engine offers to its layers.
import { type Code, type Compiler, type KernelFunction, WeftError } from '@weft/core'
import type { Arena } from './arena.ts'
import { Dispatcher } from './dispatch.ts'
import type { Member } from './member.ts'
import type { Ended, Visit } from './messages.ts'
import { Turns } from './turns.ts'

export class Host {
  readonly threads: number
  readonly arena: Arena
  readonly dispatcher: Dispatcher
  /** The calling thread, which works along in short runs. */
  readonly member: Member
  /** Counts the workers that were lost: layers are made known anew to those that took their place. */
  generation = 0
  closed = false
  /** Runs that are on: one may have a job only later, when its layer is known again. */
  readonly runs = new Set<Promise<unknown>>()
  readonly #compiler: Compiler
  readonly #warm = new Set<string>()
  readonly #freeIds: number[] = []
  #ids = 0

  constructor(arena: Arena, threads: number, compiler: Compiler, member: Member, submit: (visit: Visit) => Promise<Ended>) {
    this.arena = arena
    this.threads = threads
    this.member = member
    this.dispatcher = new Dispatcher(arena, threads, { member, turns: new Turns() }, submit)
    this.#compiler = compiler
  }

  checkOpen(): void {
    if (this.closed) throw new WeftError('CLOSED', 'the engine was closed; open another')
  }

  compile(functions: readonly KernelFunction[]): Code {
    return this.#compiler.compile(functions)
  }

  /** Whether some of the code has never been warmed; asks once. Machine code is as fast as it gets from its first call. */
  takeCold(code: Code): boolean {
    const cold = [...code].flatMap(([name, piece]) => (typeof piece === 'number' || this.#warm.has(name) ? [] : [name]))
    for (const name of cold) this.#warm.add(name)
    return cold.length > 0
  }

  /** A number for a layer; those of closed layers come back, so that workers do not collect them. */
  takeId(): number {
    return this.#freeIds.pop() ?? this.#ids++
  }
  giveId(id: number): void {
    this.#freeIds.push(id)
  }
}
