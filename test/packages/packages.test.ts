// What would be published: packed, looked over by the tools that know how packages go wrong, installed elsewhere and run.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GLOBAL_FUNCTIONS } from '../../tools/global-functions.ts'
import { type Packed, Project, packAll, ROOT, start, unpackedSize } from './pack.ts'

const LIBRARIES = ['@weft/core', '@weft/io', '@weft/model', '@weft/parallel']
const COMMANDS = ['@weft/batch', '@weft/bench']
const BIN = join(ROOT, 'node_modules/.bin')

const folder = mkdtempSync(join(tmpdir(), 'weft-tarballs-'))
const project = new Project(process.execPath)
let packed: readonly Packed[] = []
const bytesOf = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync((packed.find((one) => one.name === name) as Packed).tarball))

beforeAll(async () => {
  packed = await packAll(folder)
})
afterAll(() => {
  for (const path of [folder, project.folder]) rmSync(path, { recursive: true, force: true })
})

describe('a packed package', () => {
  it('is one of those that are known', () => {
    expect(packed.map(({ name }) => name).sort()).toEqual([...LIBRARIES, ...COMMANDS].sort())
  })

  it.each([...LIBRARIES, ...COMMANDS])('%s leaves publint nothing to say', async (name) => {
    const { messages, pkg } = await publint({ pack: { tarball: bytesOf(name).buffer }, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  it.each(LIBRARIES)('%s has types where an ES module looks for them', async (name) => {
    const checked = await checkPackage(createPackageFromTarballData(bytesOf(name)))
    // We publish ES modules only: what a CommonJS program or a resolver older than "exports" makes of them is known.
    const apart = ['NoResolution', 'CJSResolvesToESM']
    const problems = checked.types === false ? ['no types'] : checked.problems
    expect(
      problems.filter(
        (one) =>
          typeof one === 'string' ||
          !(apart.includes(one.kind) && 'resolutionKind' in one && /node10|cjs/.test(one.resolutionKind)),
      ),
    ).toEqual([])
  })

  it('core and parallel come to less than 500 kB', () => {
    const sizes = ['@weft/core', '@weft/parallel'].map((name) => unpackedSize(bytesOf(name)))
    expect(sizes[0] + sizes[1]).toBeLessThan(500_000)
  })
})

it('functions of the language have names in the bundle of core that no variable has, there or in the emitter', () => {
  const core = join(ROOT, 'packages/core')
  const words = [join(core, 'src'), join(core, 'node_modules/wasmati/build')].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|js)$/.test(path) && !path.endsWith('.d.ts'))
      .flatMap((path) => readFileSync(join(root, path), 'utf8').match(/\w+/g) ?? []),
  )
  const names = Object.values(GLOBAL_FUNCTIONS).filter((name) => name !== 'Infinity')
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((name) => words.includes(name))).toEqual([])
})

it('every dependency is imported, and every import is a dependency', async () => {
  await start(join(BIN, 'knip'), ['--dependencies', '--no-progress'], ROOT)
})

describe('an empty project outside of the workspace', () => {
  beforeAll(async () => {
    await project.install(packed)
  })

  it('compiles a program against the types, down to the last declaration', async () => {
    await project.run(join(BIN, 'tsc'), ['-p', '.'])
  })

  it('runs that program: this thread, two workers, an ONNX file and an npy file give the results of the lecture', async () => {
    const { results, threads } = JSON.parse((await project.run('node', ['built/main.js'])).stdout) as Printed
    expect(results).toEqual(Array.from({ length: 4 }, () => [56, 72, 104, 120]))
    expect(threads).toBe(2)
  })

  it('loads core as one file of less than 300 kB, and nothing of Node: what its import costs', async () => {
    const watch = `import { registerHooks } from 'node:module'
      registerHooks({ load(url, context, next) {
        const loaded = next(url, context)
        process.stderr.write(JSON.stringify({ url, bytes: loaded.source?.length ?? 0 }) + '\\n')
        return loaded
      } })`
    const load = ['--import', `data:text/javascript,${encodeURIComponent(watch)}`, '--input-type=module', '-e']
    const { stderr } = await project.run('node', [...load, "await import('@weft/core')"])
    const loaded = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { url: string; bytes: number })
    const own = loaded.filter(({ url }) => !url.startsWith('data:') && !url.includes('[eval'))
    expect(own.map(({ url }) => url.replace(/^.*node_modules/, ''))).toEqual(['/@weft/core/dist/index.js'])
    expect(own[0].bytes).toBeGreaterThan(0)
    expect(own[0].bytes).toBeLessThan(300_000)
  })

  it('has weft and weft-bench on its path', async () => {
    expect((await project.run('weft', ['explain', 'ic2ih3oc1kh2'])).stdout).toContain('kernel ')
    expect((await project.run('weft-bench', ['scale', '--list'])).stdout).toContain('resnet50')
    const run = ['scale', 'ic2ih3oc1kh2', '--threads', '1', '--min-ms', '0', '--min-runs', '1', '--quiet']
    expect((await project.run('weft-bench', run)).stdout).toContain('ic2ih3oc1kh2')
  })

  it('has every instruction in it that a kernel of a tier asks for', async () => {
    expect((await project.run('weft', ['doctor'])).stdout).toMatch(/well {2}kernels/)
  })
})

interface Printed {
  readonly results: readonly (readonly number[])[]
  readonly threads: number
}
