// The doctor at a queue: a real server where there is one, one that is no Redis, and none.
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { HAS_REDIS, RedisServer } from '../../scripts/redis-server.ts'
import { queueFinding } from '../../src/doctor/queue.ts'
import { queueAddress } from '../../src/queue/connection.ts'

test.skipIf(!HAS_REDIS)('a server that answers is well; a password is not told', async () => {
  const redis = await RedisServer.start()
  try {
    const { state, words } = await queueFinding(queueAddress(redis.url))
    expect(`${state}: ${words}`).toMatch(/^well: redis:\/\/127\.0\.0\.1:\d+\/0 answers \([\d.]+ ms\)$/)
    const wrong = queueFinding(queueAddress(redis.url.replace('//', '//me:secret@')))
    await expect(wrong).rejects.toThrow(/^cannot reach the queue redis:\/\/127\.0\.0\.1:\d+\/0: WRONGPASS/)
  } finally {
    await redis.remove()
  }
})

test('what is no Redis, and what is not there, is named', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await expect(queueFinding(queueAddress(`redis://me:secret@127.0.0.1:${port}`))).rejects.toThrow(
    new RegExp(`^cannot reach the queue redis://127\\.0\\.0\\.1:${port}: `),
  )
  server.close()
  // Nothing listens at port 1.
  await expect(queueFinding(queueAddress('redis://127.0.0.1:1'))).rejects.toThrow(
    /cannot reach the queue redis:\/\/127\.0\.0\.1:1: /,
  )
})
