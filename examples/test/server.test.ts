// The HTTP server: right answers, a free event loop while it convolves, and clear refusals.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Tensor } from '@weft/core'
import { decodeImage, encodeImage } from '@weft/io'
import { type Engine, open } from '@weft/parallel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve } from '../server/serve.ts'

let engine: Engine
let base: string
let server: ReturnType<typeof serve>
/** The run that began last, and whether it is over. */
let running = { begun: Promise.withResolvers<void>(), over: false, error: undefined as unknown }

beforeAll(async () => {
  engine = await open({ threads: 1 })
  const watched: Pick<Engine, 'conv'> = {
    async conv(x, params) {
      const run = engine.conv(x, params)
      const mine = running
      mine.begun.resolve()
      return run
        .catch((error: unknown) => {
          mine.error = error
          throw error
        })
        .finally(() => {
          mine.over = true
        })
    },
  }
  server = serve(watched).listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await engine.close()
})

async function post(path: string, body: Uint8Array | string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${base}${path}`, { method: 'POST', body: body as BodyInit, ...(signal && { signal }) })
}

describe('the server', () => {
  it('blurs a picture: a white dot becomes nine', async () => {
    const dot = Tensor.zeros([3, 7, 7])
    for (let channel = 0; channel < 3; channel++) dot.at(channel).at(3).data[3] = 1
    const response = await post('/blur?radius=1', await encodeImage(dot, 'png'))
    expect(response.headers.get('content-type')).toBe('image/png')
    const y = await decodeImage(new Uint8Array(await response.arrayBuffer()))
    expect(y.shape).toEqual([3, 7, 7])
    const ninth = Math.fround(Math.round(255 / 9) / 255)
    y.data.forEach((value, i) => {
      const [row, column] = [Math.floor((i % 49) / 7), i % 7]
      expect(value).toBeCloseTo(Math.abs(row - 3) <= 1 && Math.abs(column - 3) <= 1 ? ninth : 0, 6)
    })
  })

  it('answers a ping while a long convolution runs, which ends when its client goes', async () => {
    const long = await encodeImage(Tensor.full([1, 2000, 2000], 1), 'png')
    running = { begun: Promise.withResolvers(), over: false, error: undefined }
    const { begun } = running
    const gone = new AbortController()
    const request = post('/blur?radius=50', long, gone.signal).catch((error: unknown) => error)
    await begun.promise
    expect(await (await fetch(`${base}/ping`)).text()).toBe('pong')
    expect(running.over).toBe(false)

    gone.abort()
    expect(await request).toMatchObject({ name: 'AbortError' })
    await expect.poll(() => running.over, { timeout: 30_000 }).toBe(true)
    expect(running.error).toMatchObject({ code: 'ABORTED' })
    expect((await post('/blur?radius=0', await encodeImage(Tensor.full([1, 2, 2], 1), 'png'))).status).toBe(200)
  })

  it('refuses what is no picture, a radius that is none, and other paths', async () => {
    expect((await post('/blur?radius=1', 'no picture')).status).toBe(400)
    const radius = await post('/blur?radius=-1', 'x')
    expect([radius.status, await radius.text()]).toEqual([400, 'radius is a number from 0 to 50'])
    expect((await fetch(`${base}/other`)).status).toBe(404)
    expect((await post('/blur', new Uint8Array(20_000_001))).status).toBe(413)
  })
})
