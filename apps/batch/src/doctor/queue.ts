// What the doctor finds about a queue: whether the Redis server of an address answers a PING.
import { connect as connectPlain } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import { WeftError } from '@weft/core'
import type { Finding } from './finding.ts'

const PORT = 6379
/** Slower than this it is no server to work with. */
const PATIENCE_MS = 5000

/** `redis://host`, `rediss://user:password@host:6379/0`. @throws Error */
export function redisAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '') return url
  throw new Error('give a Redis server as in redis://host:6379')
}

/** @throws IO where it does not answer, or not as Redis does */
export async function queueFinding(url: URL): Promise<Finding> {
  // Without the password.
  const shown = `${url.protocol}//${url.host}`
  const start = performance.now()
  const answer = await answerOf(url).catch((cause: NodeJS.ErrnoException) => {
    throw new WeftError('IO', `cannot reach ${shown}: ${cause.message || cause.code}`, { queue: shown }, { cause })
  })
  const ms = performance.now() - start
  if (!answer.startsWith('+PONG')) throw new WeftError('IO', `${shown} answers: ${answer}`, { queue: shown })
  return { name: 'queue', state: 'well', words: [`${shown} answers (${ms.toFixed(1)} ms)`], facts: { queue: shown, ms } }
}

/** What it says to a PING after a login, where there is one; or to the first of them that it refuses. */
function answerOf(url: URL): Promise<string> {
  const login = [url.username, url.password].map(decodeURIComponent).filter((part) => part !== '')
  const said = [...(login.length === 0 ? [] : [['AUTH', ...login]]), ['PING']]
  const to = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || PORT) }
  return new Promise((resolve, reject) => {
    const socket = url.protocol === 'rediss:' ? connectSecure({ ...to, servername: to.host }) : connectPlain(to)
    let text = ''
    const end = (settle: () => void): void => {
      socket.destroy()
      settle()
    }
    socket.setTimeout(PATIENCE_MS, () => end(() => reject(new Error(`no answer in ${PATIENCE_MS / 1000} s`))))
    socket.on('error', (error) => end(() => reject(error)))
    socket.on('close', () => reject(new Error('it ended the connection')))
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
      const lines = text.split('\r\n').slice(0, -1)
      const refusal = lines.find((line) => line.startsWith('-'))
      if (lines.length === said.length || refusal !== undefined) end(() => resolve(refusal ?? (lines.at(-1) as string)))
    })
    socket.write(said.map(encoded).join(''))
  })
}

/** A command as Redis reads it: how many words, and each with its length. */
function encoded(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}
