// Pictures blurred over HTTP: POST /blur?radius=5 takes a picture and gives a PNG. The event loop stays free, so GET /ping answers at any time.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type ErrorCode, Tensor, WeftError } from '@weft/core'
import { decodeImage, encodeImage } from '@weft/io'
import type { Engine } from '@weft/parallel'

const MOST_BYTES = 20e6
const MOST_PIXELS = 20e6
const MOST_RADIUS = 50

/** Errors that the sender can mend; all others are ours. */
const STATUS: Partial<Record<ErrorCode, number>> = { OPTION: 400, FORMAT: 400, DTYPE: 400, TOO_LARGE: 413 }

export function serve(engine: Pick<Engine, 'conv'>): Server {
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (request.method === 'GET' && url.pathname === '/ping') response.end('pong')
    else if (request.method === 'POST' && url.pathname === '/blur') {
      blur(engine, request, response, url.searchParams.get('radius') ?? '5').catch((error: unknown) => refuse(response, error))
    } else response.writeHead(404).end('POST a picture to /blur?radius=5')
  })
}

async function blur(
  engine: Pick<Engine, 'conv'>,
  request: IncomingMessage,
  response: ServerResponse,
  given: string,
): Promise<void> {
  const radius = Number(given)
  if (!/^\d+$/.test(given) || radius > MOST_RADIUS) throw new WeftError('OPTION', `radius is a number from 0 to ${MOST_RADIUS}`)
  // Who goes away needs no answer: the run is stopped between tiles.
  const gone = new AbortController()
  response.on('close', () => gone.abort())

  const x = await decodeImage(await bodyOf(request), { channels: 'rgb', maxPixels: MOST_PIXELS })
  const side = 2 * radius + 1
  const weight = Tensor.full([3, 1, side, side], 1 / side ** 2)
  const y = await engine.conv(x, { weight, groups: 3, padding: 'same', signal: gone.signal })
  response.setHeader('content-type', 'image/png')
  response.end(await encodeImage(y, 'png'))
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Uint8Array>) {
    bytes += part.length
    if (bytes > MOST_BYTES) throw new WeftError('TOO_LARGE', `a picture may have ${MOST_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function refuse(response: ServerResponse, error: unknown): void {
  const status = (error instanceof WeftError && STATUS[error.code]) || 500
  if (status === 500 && !response.destroyed) console.error(error)
  if (!response.headersSent) response.writeHead(status)
  response.end(status === 500 ? 'this picture could not be blurred' : (error as Error).message)
}
