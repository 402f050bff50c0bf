// A part of the suite in a process of its own: what crashes there is a line here, and not the end of the tests.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What a child prints: one JSON object a line. */
export type Line = Readonly<Record<string, unknown>>

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly lines: readonly Line[]
  /** Everything that it printed and that is no such line. */
  readonly noise: string
  /** What a fault handler wrote. */
  readonly fault: Buffer
}

export interface Way {
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Arguments of Node, beside the condition that finds the sources. */
  readonly flags?: readonly string[]
  /** A program and its arguments that run Node. */
  readonly through?: readonly string[]
  readonly node?: string
  /** Whether the child takes the sources or what was built of them; and of which copy of the project. */
  readonly form?: 'source' | 'built'
  readonly root?: string
  readonly seconds?: number
}

export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))

/** Runs children/NAME.ts with `config` as its one argument. */
export async function runChild(name: string, config: unknown, way: Way = {}): Promise<Ended> {
  const root = way.root ?? ROOT
  const file = join(root, 'packages/parallel/test/safety/children', `${name}.ts`)
  const form = way.form === 'built' ? [] : ['--conditions=@weft/source']
  const command = [
    ...(way.through ?? []),
    way.node ?? process.execPath,
    ...form,
    ...(way.flags ?? []),
    file,
    JSON.stringify(config),
  ]
  const env = { ...process.env, WEFT_TIER: undefined, NODE_OPTIONS: undefined, ...way.env }
  const child = spawn(command[0], command.slice(1), { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const limit = setTimeout(() => child.kill('SIGKILL'), 1000 * (way.seconds ?? 120))
  const lines: Line[] = []
  const noise: string[] = []
  const fault: Buffer[] = []
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    if (line.startsWith('{')) lines.push(JSON.parse(line))
    else noise.push(line)
  })
  child.stderr?.on('data', (data) => noise.push(String(data)))
  child.stdio[3]?.on('data', (data) => fault.push(data))
  const [code, signal] = await ended(child)
  clearTimeout(limit)
  return { code, signal, lines, noise: noise.join('\n').slice(-4000), fault: Buffer.concat(fault) }
}

/** The last line of a child that ended well. Throws what it printed where it did not. */
export async function resultOf(name: string, config: unknown, way: Way = {}): Promise<Line> {
  const { code, signal, lines, noise } = await runChild(name, config, way)
  const last = lines.at(-1)
  if (code !== 0 || last === undefined) throw new Error(`${name} ended with ${signal ?? code}: ${noise}`)
  return last
}

function ended(child: ChildProcess): Promise<[number | null, string | null]> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve([code, signal]))
  })
}
