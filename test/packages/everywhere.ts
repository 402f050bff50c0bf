// The packed packages on every Node that they promise: tiers, the program of `project/`, both commands, what core takes to load
// beyond its text; on one that is too old what the commands say; and what the registry knows against our dependencies. Prints a table, exits 1 where one fails.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit } from './audit.ts'
import { Project, packAll, ROOT, start } from './pack.ts'

const NODES = ['22', '24', 'latest']
const TOO_OLD = '20'
/**
 * Core's import, with all that it sets up, may take as many times what the parser alone takes for its text. That depends on the machine
 * (parsing takes 19 to 22 ms of the import's 30 to 36 on Zen 5, where half is new memory), so the text is held to a length elsewhere, and the import to its text here.
 */
const IMPORT_LIMIT = 2
/** The machine may be busy: the fastest of each counts, of more where that is not enough. */
const STARTS = { least: 20, most: 100 }
const IMPORT = "const t = performance.now(); await import('@weft/core'); console.log(performance.now() - t)"
const PARSE = `import { readFileSync } from 'node:fs'; import { SourceTextModule } from 'node:vm'
const text = readFileSync(new URL(import.meta.resolve('@weft/core')), 'utf8')
const t = performance.now(); new SourceTextModule(text); console.log(performance.now() - t)`

const temporary: string[] = []
const failures: string[] = []
try {
  const tarballs = mkdtempSync(join(tmpdir(), 'weft-tarballs-'))
  temporary.push(tarballs)
  const packed = await packAll(tarballs)
  console.log('node      auto     portable  threads  core and text   weft, weft-bench')
  for (const version of NODES) {
    const project = new Project(await nodeOf(version))
    temporary.push(project.folder)
    await project.install(packed)
    await project.run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'])
    console.log(await attempt(`Node ${version}`, () => rowOf(project)))
  }
  const old = new Project(await nodeOf(TOO_OLD))
  temporary.push(old.folder)
  await old.install(packed)
  console.log(await attempt(`Node ${TOO_OLD}`, () => refusals(old)))
} finally {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true })
}
console.log(await attempt('audit', async () => `audit     ${await audit(ROOT)}`))
if (failures.length > 0) console.log(`failed: ${failures.join(', ')}`)
process.exitCode = failures.length === 0 ? 0 : 1

async function attempt(name: string, what: () => Promise<string>): Promise<string> {
  try {
    return await what()
  } catch (error) {
    failures.push(name)
    return `${name}: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** The npm package `node` brings the program itself. */
async function nodeOf(version: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'weft-node-'))
  temporary.push(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await start('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], folder)
  return join(folder, 'node_modules/node/bin/node')
}

async function rowOf(project: Project): Promise<string> {
  const auto = await printed(project, 'auto')
  const portable = await printed(project, 'wasm')
  await project.run('weft', ['explain', 'ic2ih3oc1kh2'])
  await project.run('weft-bench', ['scale', 'ic2ih3oc1kh2', '--threads', '1', '--min-ms', '0', '--min-runs', '1', '--quiet'])
  const { importMs, parseMs } = await importOfCore(project)
  if (!(importMs <= IMPORT_LIMIT * parseMs))
    failures.push(`the import of core took ${importMs.toFixed(1)} ms, its text alone ${parseMs.toFixed(1)} ms`)
  const { stdout: version } = await project.run('node', ['--version'])
  return `${version.trim().padEnd(10)}${auto.tier.padEnd(9)}${portable.tier.padEnd(10)}${String(auto.threads).padEnd(9)}${`${importMs.toFixed(1)} of ${parseMs.toFixed(1)} ms`.padEnd(16)}run`
}

/** Best times of starts in turn: core's import, and the parsing of its text alone. */
async function importOfCore(project: Project): Promise<{ importMs: number; parseMs: number }> {
  const flags = ['--experimental-vm-modules', '--input-type=module', '-e']
  const timed = async (what: string) =>
    Number((await project.run('node', [...flags, what], { NODE_DISABLE_COMPILE_CACHE: '1' })).stdout)
  let [importMs, parseMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let n = 0; n < STARTS.least || (importMs > IMPORT_LIMIT * parseMs && n < STARTS.most); n++) {
    importMs = Math.min(importMs, await timed(IMPORT))
    parseMs = Math.min(parseMs, await timed(PARSE))
  }
  return { importMs, parseMs }
}

async function printed(project: Project, tier: string): Promise<{ tier: string; threads: number }> {
  const ran = JSON.parse((await project.run('node', ['built/main.js'], { WEFT_TIER: tier })).stdout)
  const wrong = ran.results.find((one: unknown) => JSON.stringify(one) !== '[56,72,104,120]')
  if (wrong !== undefined) throw new Error(`tier ${ran.tier} gave ${wrong} for the lecture's 56, 72, 104, 120`)
  return ran
}

/** What each command says to a Node that is too old: one line, with the Node that it needs. */
async function refusals(project: Project): Promise<string> {
  const said: string[] = []
  for (const command of ['weft', 'weft-bench']) {
    const { stderr } = await project.run('sh', ['-c', `${command} --help || test $? = 2`])
    if (!/^.*needs Node 22.*\n$/.test(stderr)) throw new Error(`${command} says: ${stderr}`)
    said.push(stderr.trim())
  }
  return said.join('\n')
}
