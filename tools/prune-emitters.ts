// An esbuild plugin: bundles the assemblers without the table rows of instructions that our machines never name, and wasmati without
// what reads modules, which it only writes. A bundler cannot shake tables (a row is a call, or part of a list), nor methods.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

/** A row of an instruction table or of the table of opcodes, in a line of its own: `add: i("f32x4.add", …),` or `0x6a: "i32.add",`. */
const ROW = /^\s*\w+: (?:\w+\()?"(?:[if]\d+(?:x\d+)?|v128|memory\.atomic)\.([\w.]+)".*,$/

/** What reads one kind of thing: from its first line to the bracket below that. */
const READER = /^( *)readBytes\(.*\) \{\n(?:\1 .*\n)+\1\},?\n/gm

/** A row of the x86-64 assembler's table: `['vaddps', …],`. */
const X64_ROW = /^\s*\['(\w+)', .*\],$/
const X64_TABLES = /isa[\\/]x64[\\/]instructions-\w+\.ts$/

/** @param folder of the two machines: a row stays if its name is a word in a source of the machine's that is no table */
export function pruneEmitters(folder: string): Plugin {
  return {
    name: 'prune-emitters',
    setup(build) {
      const needed = (machine: string, row: RegExp) => {
        const words = wordsOf(join(folder, machine))
        return (line: string) => {
          const [, name] = row.exec(line) ?? []
          return name === undefined || words.has(name)
        }
      }
      const wasm = needed('wasm', ROW)
      build.onLoad({ filter: /wasmati[\\/]build[\\/].*\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace(READER, '').split('\n').filter(wasm).join('\n'),
      }))
      const x64 = needed('x64', X64_ROW)
      build.onLoad({ filter: X64_TABLES }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').split('\n').filter(x64).join('\n'),
        loader: 'ts',
      }))
    },
  }
}

function wordsOf(folder: string): ReadonlySet<string> {
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => path.endsWith('.ts') && !X64_TABLES.test(path))
  return new Set(sources.flatMap((path) => readFileSync(path, 'utf8').match(/\w+/g) ?? []))
}
