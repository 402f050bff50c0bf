// The connection to Redis: from its address, refused at once where a command cannot go on without it, waited for where it can.
import { WeftError } from '@weft/core'
import type { Redis } from 'ioredis'

/** The one queue of weft in a database of Redis. */
export const QUEUE = 'weft'

const CONNECT_MS = 5_000
/** Between attempts to connect again. */
const AGAIN_MS = 1_000

export interface Address {
  /** With everything that is secret. */
  readonly url: string
  /** For people. */
  readonly shown: string
}

/** `redis://host`, `redis://host:6379/0`, `rediss://user:password@host/0`. @throws Error */
export function queueAddress(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '' || !/^\/?\d{0,4}$/.test(url.pathname))
    throw new Error('give a Redis server and database as in redis://host:6379/0')
  return { url: url.href, shown: `${url.protocol}//${url.host}${url.pathname}` }
}

/** A connection that is there. @throws IO when there is none within seconds */
export async function connect({ url, shown }: Address): Promise<Redis> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: () => null,
  })
  // What an 'error' says is said by the rejection too.
  let last: Error | undefined
  redis.on('error', (error) => {
    last = error
  })
  try {
    await redis.connect()
    await redis.ping()
    return redis
  } catch (error) {
    redis.disconnect()
    const cause = last ?? (error as Error)
    const problem = cause.message === '' ? (cause as NodeJS.ErrnoException).code : cause.message
    throw new WeftError('IO', `cannot reach the queue ${shown}: ${problem}`, { queue: shown }, { cause })
  }
}

/** Ends a connection once what is under way is answered: BullMQ asks things of its own, whose rejection nobody would hear. */
export async function disconnect(redis: Redis): Promise<void> {
  await redis.quit().catch(() => {})
  redis.disconnect()
}

/** A connection that is made again for ever; `tell` hears when it is lost and when it is there again. */
export async function keepConnected({ url, shown }: Address, tell: (line: string) => void): Promise<Redis> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, { connectTimeout: CONNECT_MS, maxRetriesPerRequest: null, retryStrategy: () => AGAIN_MS })
  let lost = false
  redis.on('error', (error: NodeJS.ErrnoException) => {
    if (!lost) tell(`cannot reach the queue ${shown}: ${error.message || error.code}; waiting for it`)
    lost = true
  })
  redis.on('close', () => {
    if (!lost && redis.status !== 'end') tell(`the connection to the queue ${shown} is lost; waiting for it`)
    lost = true
  })
  redis.on('ready', () => {
    if (lost) tell(`the queue ${shown} is there again`)
    lost = false
  })
  return redis
}
