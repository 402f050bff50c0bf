// What befell an item, in words, and whether it may go better another time.
import { type ErrorCode, toWire, WeftError } from '@weft/core'
import type { Item } from './outputs.ts'
import { addressOf } from './sources/inputs.ts'

export interface Failed {
  readonly ok: false
  readonly code: ErrorCode
  readonly message: string
  /** Whether the same input may be done by another attempt. */
  readonly retryable: boolean
}

/** An error as a result that names the item's file. */
export function failed(error: unknown, item: Item): Failed {
  const { code, message } = toWire(error)
  const named = message.includes(item.path) ? message : `${addressOf(item)}: ${message}`
  // Core and the engine speak to programs; here the only thing to do is another file.
  const remedy = code === 'MEMORY' ? '; it does not fit even alone: make it smaller or cut it into pieces' : ''
  return { ok: false, code, message: named + remedy, retryable: isRetryable(error) }
}

/** Whether an item that failed so is worth a second try with the machine to itself. */
export function needsRoom(error: unknown): boolean {
  return error instanceof WeftError && (error.code === 'MEMORY' || error.code === 'WORKER')
}

/** Errors of the system that another time may not bring. */
const PASSING = [
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EMFILE',
  'ENFILE',
  'EAGAIN',
  'EBUSY',
  'EINTR',
  'ESTALE',
  'ETIMEDOUT',
  'ENOMEM',
  'ECONNREFUSED',
  'ECONNRESET',
]

export function isRetryable(error: unknown): boolean {
  if (error instanceof WeftError && ['WORKER', 'TIMEOUT', 'BUSY'].includes(error.code)) return true
  return PASSING.includes(systemCode(error) ?? '')
}

/** Whether there is no room left to write in: the next item would fare no better. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '')
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (!(error instanceof WeftError) && 'code' in error && typeof error.code === 'string') return error.code
  return systemCode(error.cause)
}
