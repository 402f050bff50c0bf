// The mailbox of a seat, from both sides.
import { describe, expect, it } from 'vitest'
import { MAILBOX_BYTES, Mailbox } from '../src/mailbox.ts'
import type { RunTask } from '../src/messages.ts'
import { taskOf } from './played.ts'

const HIGH = 3 * 2 ** 30 + 64

function sides() {
  const words = new Int32Array(new SharedArrayBuffer(2 * MAILBOX_BYTES))
  return { main: new Mailbox(words, MAILBOX_BYTES), worker: new Mailbox(words, MAILBOX_BYTES) }
}

describe('a mailbox', () => {
  it('hands a run to the worker that comes, and the next to the one that stays, every offset whole', () => {
    const { main, worker } = sides()
    const where = {
      x: HIGH + 64,
      y: HIGH + 128,
      residual: HIGH + 320,
      private: HIGH + 192,
      own: HIGH + 256,
      shared: 2 ** 32 - 64,
    }
    const first: RunTask = {
      layer: 3,
      member: 2,
      members: 3,
      control: HIGH,
      ...where,
      alone: 5,
      items: 8,
      trace: 0,
      accompanied: 1,
    }
    expect(main.post(first)).toBe(true)
    expect(worker.take(0.05)).toEqual(first)
    expect(main.job).toBe(HIGH)
    worker.finish()
    expect(main.job).toBe(0)
    expect(main.post(taskOf(64))).toBe(false)
    expect(worker.take(0)).toEqual(taskOf(64))
  })

  it('takes a run for a worker that is still in the last one', () => {
    const { main, worker } = sides()
    main.post(taskOf(64))
    worker.take(0.05)
    expect(main.post(taskOf(128))).toBe(false)
    worker.finish()
    expect(worker.take(0.05)).toEqual(taskOf(128))
  })

  it('is empty when the worker has waited in vain, and the next has to be asked to it', () => {
    const { main, worker } = sides()
    main.invite(64)
    worker.finish()
    expect(worker.take(0.05)).toBe(null)
    expect(main.post(taskOf(64))).toBe(true)
  })

  it('sends a worker away, and not before it has taken what was posted', () => {
    const { main, worker } = sides()
    main.invite(64)
    main.dismiss()
    worker.finish()
    expect(worker.take(0)).toBe(null)
    expect(main.post(taskOf(64))).toBe(true)
    main.dismiss()
    expect(worker.take(0)).toEqual(taskOf(64))
  })

  it('gives back a run that nobody began, and says of others whether somebody is in them', () => {
    const { main, worker } = sides()
    main.post(taskOf(64))
    expect(main.withdraw()).toBe(true)
    expect(worker.take(0)).toBe(null)
    main.post(taskOf(128))
    expect(worker.take(0)).toEqual(taskOf(128))
    expect(main.withdraw()).toBe(false)
    worker.finish()
    expect(main.withdraw()).toBe(true)
  })

  it('hands out the run that was posted after one was withdrawn', () => {
    const { main, worker } = sides()
    main.invite(64)
    for (let round = 1; round <= 5; round++) {
      main.post(taskOf(64 * round))
      expect(main.withdraw()).toBe(true)
    }
    worker.finish()
    main.post(taskOf(640))
    expect(worker.take(0)).toEqual(taskOf(640))
  })

  it('can be vacated whatever the worker did', () => {
    const { main, worker } = sides()
    main.post(taskOf(64))
    worker.take(0.05)
    main.vacate()
    expect(main.job).toBe(0)
    expect(main.post(taskOf(64))).toBe(true)
  })
})
