// Every example as a program of its own, as examples/README.md says to run it, and that the list there is whole.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const EXAMPLES = join(import.meta.dirname, '..')
const lecture = readdirSync(join(EXAMPLES, 'lecture')).map((name) => `lecture/${name}`)
const readme = readFileSync(join(EXAMPLES, 'README.md'), 'utf8')

// Sources that a score of processes load are compiled once.
const env = { ...process.env, PORT: '0', NODE_COMPILE_CACHE: join(tmpdir(), 'weft-compile-cache') }
const run = async (path: string, ...flags: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [...flags, join(EXAMPLES, path)], { env })).stdout

describe('examples', () => {
  it('are all listed in the README', () => {
    for (const path of [...lecture, 'workspace-package', 'server', 'javascript', 'batch']) expect(readme).toContain(`(${path})`)
  })

  it('say in their first line what they show', () => {
    for (const path of lecture) expect(readFileSync(join(EXAMPLES, path), 'utf8')).toMatch(/^\/\/ [A-Z1-9].{40,}[.?]\n/)
  })

  it.concurrent.each(lecture)('%s runs by itself', async (path) => {
    expect((await run(path, '--conditions=@weft/source')).trim()).not.toBe('')
  })

  it('a package of the workspace finds the outline of a square', async () => {
    const text = await run('workspace-package/main.ts', '--conditions=@weft/source')
    const rows = Array.from({ length: 8 }, (_, i) =>
      // Where a 3x3 window holds both some of the square, 2 to 5, and some of the rest.
      Array.from({ length: 8 }, (_, j) => {
        const near = (at: number) => at >= 1 && at <= 6
        const deep = (at: number) => at >= 3 && at <= 4
        return near(i) && near(j) && !(deep(i) && deep(j)) ? '#' : '.'
      }).join(' '),
    )
    expect(text.trimEnd().split('\n')).toEqual(rows)
  })

  it('the server says where it is, and ends on Ctrl-C', async () => {
    const server = spawn(process.execPath, ['--conditions=@weft/source', join(EXAMPLES, 'server/main.ts')], { env })
    let text = ''
    for await (const part of server.stdout.setEncoding('utf8')) {
      text += part
      if (!/localhost:\d+\/blur.*\n/.test(text)) continue
      const port = /localhost:(\d+)/.exec(text)?.[1]
      expect(await (await fetch(`http://127.0.0.1:${port}/ping`, { headers: { connection: 'close' } })).text()).toBe('pong')
      server.kill('SIGINT')
      break
    }
    expect(await once(server, 'exit')).toEqual([0, null])
  })

  // On what is built, as JavaScript has it: `pnpm test` builds before it tests.
  const built = existsSync(join(EXAMPLES, '../packages/parallel/dist/index.js'))
  it.skipIf(!built)('plain JavaScript runs on the built packages', async () => {
    const { one, all } = JSON.parse((await run('javascript/main.js')).trimEnd().split('\n').at(-1) as string)
    const expected = [
      [19, 25],
      [37, 43],
    ]
    expect([one, all]).toEqual([expected, [expected]])
  })
})
