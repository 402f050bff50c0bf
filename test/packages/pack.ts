// The packages as they would be published: packed by pnpm, and installed by npm in an empty project outside of the workspace.
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { onnxFile } from '../../packages/model/test/onnx-file.ts'

export const ROOT = join(import.meta.dirname, '../..')
/** As in `npx pnpm@...`. */
export const PNPM = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { packageManager: string }).packageManager

export interface Packed {
  readonly name: string
  readonly tarball: string
}

/** Packs what was built of every package that is to be published. */
export async function packAll(folder: string): Promise<readonly Packed[]> {
  const all = ['-r', '--filter', './packages/*', '--filter', './apps/*', '--filter', '!@weft/commands']
  const { stdout } = await start('npx', ['-y', PNPM, ...all, 'pack', '--json', '--pack-destination', folder], ROOT)
  const packed = JSON.parse(stdout.slice(stdout.indexOf('['))) as { name: string; filename: string }[]
  return packed.map(({ name, filename }) => ({ name, tarball: filename }))
}

/** A new project with the packages in it, no script of theirs run, and the program of `project/`; `node` is its Node. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'weft-packages-'))
  readonly #node: string

  constructor(node: string) {
    this.#node = node
  }

  async install(packages: readonly Packed[]): Promise<void> {
    writeFileSync(join(this.folder, 'package.json'), '{ "private": true, "type": "module" }')
    const what = [...packages.map(({ tarball }) => tarball), `@types/node@${process.versions.node.split('.')[0]}`]
    await start('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...what], this.folder)
    cpSync(join(import.meta.dirname, 'project'), this.folder, { recursive: true })
    writeFileSync(
      join(this.folder, 'lecture.onnx'),
      onnxFile({
        inputs: [{ name: 'x', shape: [1, 2, 3, 3] }],
        outputs: [{ name: 'y', shape: [1, 1, 2, 2] }],
        nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'] }],
        constants: { w: { dims: [1, 2, 2, 2], values: [0, 1, 2, 3, 1, 2, 3, 4] } },
      }),
    )
  }

  /** Runs a command that the packages put into node_modules/.bin, or any other, on the project's Node. */
  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return start(command, args, this.folder, {
      ...env,
      PATH: [join(this.folder, 'node_modules/.bin'), dirname(this.#node), process.env.PATH].join(delimiter),
    })
  }
}

export interface Ended {
  readonly stdout: string
  readonly stderr: string
}

/** @throws with everything that was printed, where the command fails */
export async function start(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  // What pnpm tells its scripts is not for another npm.
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|NODE_OPTIONS$)/i.test(name)))
  return promisify(execFile)(command, args, { cwd, env: { ...own, ...env }, maxBuffer: 2 ** 26 }).catch(
    (error: Ended & Error) => {
      throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`)
    },
  )
}

/** What the files of a tarball come to, in bytes: tar says so in the head of each. */
export function unpackedSize(tarball: Uint8Array): number {
  const tar = gunzipSync(tarball)
  let total = 0
  for (let at = 0; tar[at] !== 0; ) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8)
    total += size
    at += 512 + Math.ceil(size / 512) * 512
  }
  return total
}
