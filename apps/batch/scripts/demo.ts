// The demo: the built command on the photographs of this folder, and a page to look at the results. Run from the root.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '../../..')
const command = relative(root, resolve(import.meta.dirname, '../dist/main.js'))
const photos = relative(root, resolve(import.meta.dirname, '../photos'))
const out = 'demo-out'
const kernels = ['sobel', 'emboss', 'blur']

process.chdir(root)
if (!existsSync(command)) fail(`${command} is not there; build first: npx -y pnpm@12.21.0 run build`)
rmSync(out, { recursive: true, force: true })

for (const kernel of kernels) weft('conv', photos, '-o', `${out}/${kernel}`, '--kernel', kernel)
weft('explain', 'ic64ih56oc64kh3ph1')

const page = join(out, 'index.html')
writeFileSync(page, pageOf(readdirSync(photos).filter((name) => name.endsWith('.jpg'))))
say(
  `The results are in ${out}/: a folder for each kernel, a png for each photo.`,
  `Open ${page} in a browser to see them side by side:`,
  `  ${pathToFileURL(resolve(page)).href}`,
  'Then try it on your own pictures:',
  `  npx -y pnpm@12.21.0 exec node ${command} \\`,
  '    conv YOUR-FOLDER -o out --kernel sharpen',
)

function weft(...args: string[]): void {
  say('', `$ weft ${args.join(' ')}`)
  const { status } = spawnSync(process.execPath, [command, ...args], { stdio: 'inherit' })
  if (status !== 0) fail(`that ended with exit code ${status}`)
}

function pageOf(names: readonly string[]): string {
  const cell = (path: string): string => `<td><img src="${path}" loading="lazy"></td>`
  const rows = names.map((name) => {
    const results = kernels.map((kernel) => cell(`${kernel}/${name.replace(/\.jpg$/, '.png')}`))
    return `<tr>${cell(join('..', photos, name))}${results.join('')}</tr>`
  })
  const head = ['original', ...kernels].map((title) => `<th>${title}</th>`).join('')
  const style = 'body{font-family:sans-serif;background:#222;color:#eee}td{width:25%}img{width:100%}table{width:100%}'
  return `<!doctype html><meta charset="utf-8"><title>weft</title><style>${style}</style><table><tr>${head}</tr>\n${rows.join('\n')}\n</table>\n`
}

function say(...lines: string[]): void {
  console.log(['', ...lines].slice(lines[0] === '' ? 1 : 0).join('\n'))
}

function fail(message: string): never {
  console.error(`demo: ${message}`)
  process.exit(1)
}
