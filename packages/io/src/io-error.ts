// What the file system or a codec threw, as a WeftError that names the file.
import { WeftError } from '@weft/core'

export type Doing = 'read' | 'write'

/** NOT_FOUND when the file, or the folder to write in, is not there; otherwise IO. A WeftError stays what it is. */
export function ioError(error: unknown, path: string, doing: Doing): WeftError {
  if (error instanceof WeftError) return error
  const reason = reasonOf(error)
  if (codeOf(error) === 'ENOENT') {
    const what = doing === 'read' ? 'it is not there' : 'its folder is not there; create it first'
    return new WeftError('NOT_FOUND', `cannot ${doing} ${path}: ${what}`, { path }, { cause: error })
  }
  return new WeftError('IO', `cannot ${doing} ${path}: ${reason}`, { path, reason }, { cause: error })
}

export function formatError(path: string, problem: string, details: Record<string, string | number> = {}): WeftError {
  return new WeftError('FORMAT', `${path}: ${problem}`, { path, ...details })
}

export function tooLarge(path: string, problem: string, details: Record<string, string | number> = {}): WeftError {
  return new WeftError('TOO_LARGE', `${path}: ${problem}`, { path, ...details })
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
