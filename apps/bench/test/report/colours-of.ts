// What is on a screenshot: how many colours, and how light it is on the whole. A browser decodes it.
import type { Browser } from '../../../../test/browser/chromium.ts'

export interface Seen {
  readonly colours: number
  /** From 0, black, to 1, white. */
  readonly lightness: number
}

export async function coloursOf(browser: Browser, png: Uint8Array): Promise<Seen> {
  const page = await browser.newPage()
  try {
    return await page.evaluate(async (base64) => {
      const image = new Image()
      image.src = `data:image/png;base64,${base64}`
      await image.decode()
      const canvas = new OffscreenCanvas(image.width, image.height)
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
      context.drawImage(image, 0, 0)
      const pixels = context.getImageData(0, 0, image.width, image.height).data
      const words = new Uint32Array(pixels.buffer)
      let sum = 0
      for (let at = 0; at < pixels.length; at += 4) sum += pixels[at] + pixels[at + 1] + pixels[at + 2]
      return { colours: new Set(words).size, lightness: sum / words.length / 3 / 255 }
    }, Buffer.from(png).toString('base64'))
  } finally {
    await page.close()
  }
}
