// An esbuild plugin: bundles wasmati without the table rows of instructions that our machine never names, and without what reads
// modules, which it only writes. A bundler cannot shake tables (each row is a call), nor methods.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

/** A row of an instruction table or of the table of opcodes, in a line of its own: `add: i("f32x4.add", …),` or `0x6a: "i32.add",`. */
const ROW = /^\s*\w+: (?:\w+\()?"(?:[if]\d+(?:x\d+)?|v128|memory\.atomic)\.([\w.]+)".*,$/

/** What reads one kind of thing: from its first line to the bracket below that. */
const READER = /^( *)readBytes\(.*\) \{\n(?:\1 .*\n)+\1\},?\n/gm

/** @param folder of the sources that call the emitter: an instruction stays if its name is a word in one of them */
export function pruneEmitter(folder: string): Plugin {
  return {
    name: 'prune-emitter',
    setup(build) {
      const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
      const text = sources.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n')
      const words = new Set(text.match(/\w+/g))
      const needed = (line: string) => {
        const row = ROW.exec(line)
        return row === null || words.has(row[1])
      }
      build.onLoad({ filter: /wasmati[\\/]build[\\/].*\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace(READER, '').split('\n').filter(needed).join('\n'),
      }))
    },
  }
}
