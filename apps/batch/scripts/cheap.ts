// What durability costs is measured by leaving it out, by `node --import` of this file and WEFT_CHEAP: `unflushed` flushes nothing to
// the disk; `bare` also hashes nothing, writes no line of the ledger, and writes results without a temporary name.
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { registerHooks, syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

/** What is put in the place of what, by the end of a file's path. */
const LEFT_OUT: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  '/batch/src/ledger/ledger.ts': [[/(\n {2}append\([^{]*\{)/, '$1 return\n']],
  '/batch/src/digest.ts': [[/(export async function digestOf(?:File)?\([^{]*\{)/g, "$1 return ''\n"]],
  '/io/src/write-atomically.ts': [
    [
      /(export async function writeAtomically\([^{]*\{)/,
      "$1 return (await import('node:fs/promises')).writeFile(path, content)\n",
    ],
  ],
}

const mode = process.env.WEFT_CHEAP
if (isMainThread && (mode === 'unflushed' || mode === 'bare')) {
  const handle = await open(process.execPath)
  const nothing = async (): Promise<void> => {}
  Object.assign(Object.getPrototypeOf(handle), { sync: nothing, datasync: nothing })
  await handle.close()
  Object.assign(fs, { fdatasync: (_: number, done: (error: null) => void) => setImmediate(done, null) })
  if (mode === 'bare') {
    let left = Object.keys(LEFT_OUT).length
    const hooks = registerHooks({
      load(url, context, next) {
        const loaded = next(url, context)
        const [, change] = Object.entries(LEFT_OUT).find(([path]) => url.endsWith(path)) ?? []
        if (change === undefined) return loaded
        const source = String(loaded.source)
        const changed = change.reduce((text, [from, to]) => text.replace(from, to), source)
        if (changed === source) throw new Error(`${url} is not what it was: mend ${import.meta.filename}`)
        // What is loaded later, with the first picture, is loaded as in the other modes.
        if (--left === 0) hooks.deregister()
        return { ...loaded, source: changed }
      },
    })
  }
  syncBuiltinESMExports()
}
