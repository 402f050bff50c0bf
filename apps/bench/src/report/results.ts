// Results: what a command that measures wrote with --json, as pages and comparisons read them.
import { readFileSync, statSync } from 'node:fs'
import { WeftError } from '@weft/core'
import * as v from 'valibot'
import type { Timing } from '../compare/changes.ts'
import { BATCH } from './batch-kind.ts'
import type { Facts } from './facts.ts'
import { LAYERS } from './layers-kind.ts'
import { MODEL } from './model-kind.ts'
import type { Section } from './page.ts'
import { SCALE } from './scale-kind.ts'

export interface Results {
  readonly facts: Facts
  /** What was timed, a row each. */
  timings(): Timing[]
  /** Of a page. */
  sections(): Promise<Section[]>
}

/** One a command that measures. */
export interface Kind {
  /** As results name it. */
  readonly tool: string
  readonly format: number
  /** @throws ValiError for what is not of the kind */
  open(value: unknown): Results
}

const KINDS: readonly Kind[] = [SCALE, LAYERS, MODEL, BATCH]
const HEAD = v.object({ tool: v.string(), format: v.number() })
/** More than any measurement writes. */
const MOST_BYTES = 2 ** 28

/** @throws NOT_FOUND, IO, FORMAT */
export function readResults(path: string): Results {
  const wrong = (why: string) => new WeftError('FORMAT', `${path} ${why}`, { path })
  let value: unknown
  try {
    if (statSync(path).size > MOST_BYTES) throw wrong(`is larger than ${MOST_BYTES} bytes: no results of weft-bench`)
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof WeftError) throw error
    if (error instanceof SyntaxError) throw wrong(`is not JSON: ${error.message}`)
    throw new WeftError('IO', `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  try {
    return openResults(value)
  } catch (error) {
    throw wrong(`cannot be read as results of weft-bench: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** @throws Error in a sentence for what no command of this version writes */
export function openResults(value: unknown): Results {
  const { tool, format } = v.parse(HEAD, value)
  const kind = KINDS.find((one) => one.tool === tool)
  if (kind === undefined) throw new Error(`'${tool}' is none of ${KINDS.map((one) => one.tool).join(', ')}`)
  if (kind.format !== format) {
    throw new Error(`their format is ${format}, this version reads ${kind.format}: measure again`)
  }
  try {
    return kind.open(value)
  } catch (error) {
    throw error instanceof v.ValiError ? new Error(`${v.getDotPath(error.issues[0]) ?? 'it'}: ${error.message}`) : error
  }
}
