// Versions of Node: each from its npm package in a folder of its own, with the sources and with what is built of them.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT, runChild } from '../spawn.ts'
import { failuresOf, type Outcome } from './part.ts'

const run = promisify(execFile)
const FORMS = ['built', 'source'] as const

/** One outcome for each version and form. */
export async function* versions(majors: readonly number[], seed: number, cases: number): AsyncGenerator<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'weft-versions-'))
  try {
    const root = await copyBuilt(join(folder, 'weft'))
    for (const major of majors) {
      const node = await install(join(folder, String(major)), major)
      for (const form of FORMS) yield smoke(node, major, form, root, seed, cases)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function smoke(
  node: string,
  major: number,
  form: (typeof FORMS)[number],
  root: string,
  seed: number,
  cases: number,
): Promise<Outcome> {
  const ended = await runChild('smoke', { seed, first: 0, count: cases }, { node, form, root, seconds: 600 })
  const last = ended.lines.at(-1) ?? {}
  const failures = failuresOf(ended, `versions --node ${major} --seed ${seed}`).map((text) => `Node ${major}, ${form}: ${text}`)
  return { summary: `${last.node ?? `Node ${major}`}, ${form}: ${cases} convolutions on ${last.tier}; ${last.why}`, failures }
}

/** The packages as they are, built there: nobody who works in this folder is disturbed. */
async function copyBuilt(root: string): Promise<string> {
  for (const name of ['core', 'parallel']) {
    const [from, to] = [name, name].map((part, index) => join(index === 0 ? ROOT : root, 'packages', part))
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('/dist') })
  }
  for (const file of ['package.json', 'tsconfig.base.json']) cpSync(join(ROOT, file), join(root, file))
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  for (const name of ['core', 'parallel']) {
    const tsup = join(ROOT, 'node_modules/tsup/dist/cli-default.js')
    await run(process.execPath, [tsup], { cwd: join(root, 'packages', name) })
  }
  return root
}

/** Where the binary of the newest release of that major version is. */
async function install(folder: string, major: number): Promise<string> {
  mkdirSync(folder)
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, `node@${major}`], { cwd: folder })
  const node = join(folder, 'node_modules/node/bin/node')
  if (!existsSync(node)) throw new Error(`the npm package node@${major} has no ${node}`)
  return node
}
