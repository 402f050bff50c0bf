// What the pages show of TypeScript and JavaScript has right types, runs, and prints what the comments say.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Tensor } from '@weft/core'
import { writeSafetensors } from '@weft/io'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxFile } from '../../packages/model/test/onnx-file.ts'
import { PAGES, pageOf, ROOT } from './page.ts'
import { type PageProgram, programsOf } from './program.ts'

// Below this folder, so that the packages of the workspace are found.
const FOLDER = join(import.meta.dirname, 'programs')
const run = promisify(execFile)
/** The guide prepares a chain, which the tier without vectors refuses. */
const TIER = process.env.WEFT_TIER === 'scalar' ? { WEFT_TIER: 'simd128' } : {}
let reader: string

// A translation has the programs of its original.
const programs = PAGES.filter(({ path }) => !path.endsWith('.zh-CN.md')).flatMap(programsOf)
const mistaken = [
  pageOf('type.md', ['', '```ts', "import { Tensor } from '@weft/core'", "Tensor.zeros('x')", '```'].join('\n')),
  pageOf('value.md', ['```js', 'console.log([1, 2]) // [1, 3]', '```'].join('\n')),
].flatMap(programsOf)

/** The files that a reader of the pages has. */
async function filesOfAReader(folder: string): Promise<void> {
  copyFileSync(join(ROOT, 'apps/batch/photos/camera.jpg'), join(folder, 'photo.jpg'))
  const weight = Tensor.full([4, 3, 3, 3], 0.125)
  const network = onnxFile({
    inputs: [{ name: 'x', shape: [1, 3, 224, 224] }],
    outputs: [{ name: 'y' }],
    nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'] }],
    constants: { w: { dims: weight.shape, values: [...weight.data] } },
  })
  writeFileSync(join(folder, 'squeezenet.onnx'), network)
  await writeSafetensors(join(folder, 'w.safetensors'), { 'conv1.weight': weight, 'conv1.bias': Tensor.zeros([4]) })
}

/** @returns the program as it is run */
function write({ file, text, checked }: PageProgram): string {
  writeFileSync(join(FOLDER, file), text)
  const path = join(FOLDER, `run-${file}`)
  writeFileSync(path, `// @ts-nocheck\n${checked}`)
  return path
}

/** What the type checker says against all programs. */
async function complaintsOfTypes(): Promise<string[]> {
  const compilerOptions = { noUnusedLocals: false, allowJs: true, checkJs: true }
  const config = { extends: '../../../tsconfig.base.json', compilerOptions, include: ['.'] }
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  return run(process.execPath, [tsc, '-p', FOLDER]).then(
    () => [],
    (error: { stdout: string }) => error.stdout.trim().split('\n'),
  )
}

const started = (path: string) =>
  run(process.execPath, ['--conditions=@weft/source', path], {
    cwd: reader,
    env: { ...process.env, ...TIER, NODE_COMPILE_CACHE: join(tmpdir(), 'weft-compile-cache') },
  })

beforeAll(async () => {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER)
  reader = mkdtempSync(join(tmpdir(), 'weft-reader-'))
  await filesOfAReader(reader)
})
afterAll(() => {
  for (const folder of [FOLDER, reader]) rmSync(folder, { recursive: true, force: true })
})

describe('programs in the pages', () => {
  it('have right types, and one that has not is seen', async () => {
    for (const program of [...programs, ...mistaken]) write(program)
    expect(await complaintsOfTypes()).toEqual([expect.stringMatching(/type\.md\.ts\(4,14\)/)])
  })

  it.concurrent.each(programs)('of $page run and print what is said', async (program) => {
    await started(write(program))
  })

  it('that print something else are seen', async () => {
    await expect(started(write(mistaken[1]))).rejects.toThrow(/deep/)
  })
})
