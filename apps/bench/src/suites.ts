// What is measured: a problem text, a suite by name, or a suite file.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { costOf, type Problem, parseProblem, parseSuite, WeftError } from '@weft/core'
import { scaled, wrapped } from './layout.ts'

export interface Case {
  readonly problem: Problem
  /** How many convolutions of the network have this shape: the *3 at the end of a name. */
  readonly count: number
}

export interface Target {
  /** As it was asked for. */
  readonly name: string
  /** Whether its cases add up to something. */
  readonly suite: boolean
  readonly cases: readonly Case[]
}

// One folder up from the sources as from what is built.
const FOLDER = fileURLToPath(new URL('../suites/', import.meta.url))
const EXTENSION = '.txt'

export function suiteNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort()
}

/** Every suite together, no problem twice. */
export const ALL = 'all'

/** @throws PROBLEM for a text that is neither, NOT_FOUND or IO for a file that cannot be read. */
export function resolveTarget(name: string): Target {
  if (name === ALL) return { name, suite: false, cases: distinct(suiteNames().flatMap((each) => resolveTarget(each).cases)) }
  if (suiteNames().includes(name)) return readSuite(name, `${FOLDER}${name}${EXTENSION}`)
  if (existsSync(name)) return readSuite(name, name)
  if (/[/\\]|\.txt$/.test(name) && !name.includes('"')) throw new WeftError('NOT_FOUND', `there is no suite file '${name}'`)
  try {
    return { name, suite: false, cases: [caseOf(parseProblem(name))] }
  } catch (error) {
    // What begins as a problem is one with a mistake in it; anything else may have been meant otherwise.
    if (!(error instanceof WeftError) || error.code !== 'PROBLEM' || /^_?[a-z]{1,2}\d/.test(name)) throw error
    throw new WeftError('PROBLEM', `${error.message}; nor is it a suite (${suiteNames().join(', ')}) or a file`)
  }
}

function readSuite(name: string, path: string): Target {
  try {
    const cases = parseSuite(readFileSync(path, 'utf8')).map(caseOf)
    if (cases.length > 0) return { name, suite: true, cases }
  } catch (error) {
    if (error instanceof WeftError) throw new WeftError(error.code, `suite ${path}: ${error.message}`, error.details)
    const why = statSync(path).isDirectory() ? 'it is a folder' : error instanceof Error ? error.message : String(error)
    throw new WeftError('IO', `suite ${path} cannot be read: ${why}`)
  }
  throw new WeftError('FORMAT', `suite ${path} holds no problem; write one a line, for example ic64ih56oc64kh3ph1`)
}

/** Without those whose convolution came before. */
export function distinct(cases: readonly Case[]): Case[] {
  const first = new Map<string, Case>()
  for (const one of cases) {
    const key = JSON.stringify(one.problem.descriptor)
    if (!first.has(key)) first.set(key, one)
  }
  return [...first.values()]
}

function caseOf(problem: Problem): Case {
  const count = /\*([1-9]\d{0,5})$/.exec(problem.name)
  return { problem, count: count === null ? 1 : Number(count[1]) }
}

export function macsOf(cases: readonly Case[]): number {
  return cases.reduce((sum, { problem, count }) => sum + count * costOf(problem.descriptor).macs, 0)
}

/** Each suite with its size and what its file says of itself first. */
export function listSuites(): string {
  const names = suiteNames()
  const width = Math.max(...names.map((name) => name.length)) + 2
  const lines = names.flatMap((name) => {
    const { cases } = resolveTarget(name)
    const about = /^#\s*(.*)$/m.exec(readFileSync(`${FOLDER}${name}${EXTENSION}`, 'utf8'))?.[1] ?? ''
    const size = `${cases.length} problems, ${scaled(macsOf(cases))}MAC`
    return [name.padEnd(width) + size, ...wrapped(' '.repeat(width), about)]
  })
  return `${lines.join('\n')}\n`
}
