// An esbuild plugin: bundles the number of an argument's word where its table is read by name, as in `TILE_ARGS.full`. A minifier leaves the
// tables, which are read as a whole too, and with them every name: 2 of the 300 kB of core's bundle.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

/** A table of words, or of words behind those of another: `const TILE_ARGS = { x: 1, … } as const`. */
const TABLE = /^(?:export )?const ([A-Z]+_ARGS)(?:: \w+)? = \{([^}]*)\}/gm
const COMMENT = /\/\*.*?\*\//gs
const READ = /\b([A-Z]+_ARGS)\.(\w+)\b/g

/** @param folder of the sources: no two tables in it have one name */
export function inlineArgs(folder: string): Plugin {
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  const bodies = new Map(
    sources.flatMap((path) =>
      [...read(join(folder, path)).replace(COMMENT, '').matchAll(TABLE)].map(([, name, body]) => [name, body] as const),
    ),
  )
  const wordsOf = (name: string): Record<string, string> => {
    const body = bodies.get(name) ?? ''
    const before = /\.\.\.([A-Z]+_ARGS),/.exec(body)
    const own = [...body.matchAll(/\b(\w+): (\d+),/g)].map(([, word, index]) => [word, index])
    return { ...(before && wordsOf(before[1])), ...Object.fromEntries(own) }
  }
  const tables = new Map(Array.from(bodies.keys(), (name) => [name, wordsOf(name)]))
  return {
    name: 'inline-args',
    setup(build) {
      build.onLoad({ filter: /src[\\/](kernels|ops)[\\/].*\.ts$/ }, ({ path }) => ({
        contents: read(path).replace(READ, (all, table: string, word: string) => tables.get(table)?.[word] ?? all),
        loader: 'ts',
      }))
    },
  }
}

function read(path: string): string {
  return readFileSync(path, 'utf8')
}
