// How often an item is tried: alone when there is no room beside others, within its time, and again after a pause.
import { setTimeout as wait } from 'node:timers/promises'
import { WeftError } from '@weft/core'
import { type Failed, failed, isFull, needsRoom } from './failure.ts'
import { type Done, type Line, processItem } from './item.ts'
import type { Item } from './outputs.ts'
import type { Gate } from './pool.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/** Before the n-th repetition, from 0: twice as long each time. */
export function pauseBefore(repetition: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** repetition, LONGEST_PAUSE_MS)
}

/** Waits, or less when it is stopped. */
export async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal: stopped }).catch(() => {})
}

export interface Attempt {
  readonly result: Done | Failed
  /** Whether no other item would fare better, since the disk is full. */
  readonly full: boolean
}

/** Tries items of a run. Those that ran out of time may still be under way afterwards: `abandoned`. */
export class Attempts {
  readonly abandoned = new Set<Promise<unknown>>()
  readonly #line: Line
  readonly #gate: Gate
  readonly #timeoutMs: number | undefined

  constructor(line: Line, gate: Gate, timeoutMs: number | undefined) {
    this.#line = line
    this.#gate = gate
    this.#timeoutMs = timeoutMs
  }

  /** Items side by side may fill the memory that one alone has room in, and a worker that died has been replaced: tries again. */
  async once(item: Item): Promise<Attempt> {
    try {
      return { result: await this.#gate.run(false, () => this.#inTime(item)), full: false }
    } catch (error) {
      if (!needsRoom(error)) return { result: failed(error, item), full: isFull(error) }
    }
    try {
      const result = await this.#gate.run(true, async () => {
        await this.#line.station.clear()
        return await this.#inTime(item)
      })
      return { result, full: false }
    } catch (error) {
      return { result: failed(error, item), full: isFull(error) }
    }
  }

  async #inTime(item: Item): Promise<Done> {
    const ms = this.#timeoutMs
    const giveUp = new AbortController()
    const work = processItem(item, this.#line, giveUp.signal)
    if (ms === undefined) return await work
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = new WeftError('TIMEOUT', `${item.path}: it took longer than ${ms / 1000} s (--timeout)`, { ms })
        giveUp.abort(error)
        reject(error)
      }, ms)
    })
    const ending = work.catch(() => {}).finally(() => this.abandoned.delete(ending))
    this.abandoned.add(ending)
    try {
      return await Promise.race([work, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
