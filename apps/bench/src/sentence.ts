// An error as a sentence for a person: a known one by its message, a fault of ours with its stack.
import { WeftError } from '@weft/core'

export function sentenceOf(error: unknown): string {
  if (error instanceof WeftError) return `${error.message} [${error.code}]`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
