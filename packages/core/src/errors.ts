// Every error code of weft in one table, the error that carries one, and its form on the wire.

/** What went wrong, by code. A code never changes its meaning; a sentence may. */
export const ERROR_CODES = {
  SHAPE: 'a shape, rank or size does not fit',
  DTYPE: 'a data type is not the one that is needed',
  OPTION: 'an option is unknown or out of range',
  PROBLEM: 'a problem text cannot be read',
  WEIGHTS: 'weights or bias hold values that cannot be used',
  TOO_LARGE: 'something is larger than its limit',
  TIER: 'a tier is not available on this machine',
  MEMORY: 'there is no room left in memory',
  CLOSED: 'the engine or layer was closed',
  ABORTED: 'the run was cancelled',
  TIMEOUT: 'something took longer than it may',
  BUSY: 'another process is at work there',
  WORKER: 'a worker failed or died',
  FORMAT: 'a file is damaged or not of its format',
  MODEL: 'a network cannot be run as it is',
  NOT_FOUND: 'a file or an entry is not there',
  IO: 'reading or writing failed',
  INTERNAL: 'a fault of weft itself',
} as const

export type ErrorCode = keyof typeof ERROR_CODES
export type ErrorDetails = Record<string, string | number | boolean | readonly number[]>

/** An error of weft: `code` to test for, `message` for a person, `details` with the values that offended. */
export class WeftError extends Error {
  override readonly name = 'WeftError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.details = details
  }
}

/** A WeftError as a plain object: a thrown class does not survive a message between threads. */
export interface WireError {
  code: ErrorCode
  message: string
  details: ErrorDetails
  stack?: string
}

export function toWire(error: unknown): WireError {
  if (error instanceof WeftError) {
    return { code: error.code, message: error.message, details: error.details, ...stackOf(error) }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'INTERNAL', message, details: {}, ...(error instanceof Error ? stackOf(error) : {}) }
}

export function fromWire(wire: WireError): WeftError {
  const error = new WeftError(wire.code, wire.message, wire.details)
  if (wire.stack !== undefined) error.stack = wire.stack
  return error
}

function stackOf(error: Error): { stack?: string } {
  return error.stack === undefined ? {} : { stack: error.stack }
}
