#!/usr/bin/env node
// The weft command. Looks at Node first and only then loads the rest, which an older Node could not even read.
import { availableParallelism } from 'node:os'
import { tooOld } from '@weft/commands/node-version'

const complaint = tooOld('weft', process.versions.node)
if (complaint === null) {
  if (['conv', 'run', 'worker'].includes(process.argv[2])) (await import('./lean.ts')).startLean()
  ;(await import('./compiled.ts')).keepCompiled()
  // Reading files and decoding pictures happen on libuv's threads, four unless told before the first is used.
  process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()))
  const { route } = await import('./route.ts')
  process.exitCode = await route(process.argv.slice(2))
} else {
  process.stderr.write(`${complaint}\n`)
  process.exitCode = 2
}
