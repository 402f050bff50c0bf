// The reference of the packages, from their docstrings by typedoc: one page a package.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { slug } from './slug.ts'

/** Writes `api/core.md` and so on to `out`. */
export function writeApi(root: string, out: string): void {
  const raw = join(out, '../api')
  execFileSync(process.execPath, ['node_modules/typedoc/bin/typedoc', '--logLevel', 'Warn', '--out', raw], {
    cwd: join(root, 'docs/api'),
    stdio: 'inherit',
  })
  mkdirSync(join(out, 'api'), { recursive: true })
  const names = readdirSync(raw, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  for (const name of names) {
    const text = readFileSync(join(raw, name, 'src.md'), 'utf8')
      .replace(/^# .*$/m, `# @weft/${name}`)
      .replace(/\]\((?:\.\.\/(\w+)\/)?src\.md(#[^)]*)?\)/g, (_, other = name, anchor = '') => `](/api/${other}${anchor})`)
    writeFileSync(join(out, 'api', `${name}.md`), withoutNumbers(text))
  }
  rmSync(raw, { recursive: true })
}

/** typedoc numbers the anchors of some names of which the page has one heading only. */
function withoutNumbers(text: string): string {
  const slugs = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slug(heading.replace(/[`\\]/g, '')))
  const seen = (name: string) => slugs.filter((one) => one === name).length
  return text.replace(/\]\(#([^)]*)-1\)/g, (link, name: string) => (seen(name) === 1 ? `](#${name})` : link))
}
