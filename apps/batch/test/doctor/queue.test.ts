// The doctor at a queue: a server of the test's own that speaks as Redis does, or does not.
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { queueFinding, redisAddress } from '../../src/doctor/queue.ts'

/** Asks a server that answers each connection by `answers`, in turn; also what it heard. */
async function asked(answers: readonly string[], login = ''): Promise<{ told: string; heard: string }> {
  let heard = ''
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (bytes) => {
      heard = String(bytes)
      // In pieces, as a network may.
      for (const answer of answers) socket.write(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = redisAddress(`redis://${login}127.0.0.1:${(server.address() as AddressInfo).port}/0`)
  const told = await queueFinding(url).then(
    ({ state, words }) => `${state}: ${words}`,
    (error) => `${error.code}: ${error.message}`,
  )
  server.close()
  return { told, heard }
}

test('a server that answers is well', async () => {
  const { told, heard } = await asked(['+PO', 'NG\r\n'])
  expect(told).toMatch(/^well: redis:\/\/127\.0\.0\.1:\d+ answers \([\d.]+ ms\)$/)
  expect(heard).toBe('*1\r\n$4\r\nPING\r\n')
})

test('a login goes before, and is not told', async () => {
  const { told, heard } = await asked(['+OK\r\n', '+PONG\r\n'], 'me:s%20cret@')
  expect(heard).toBe('*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$6\r\ns cret\r\n*1\r\n$4\r\nPING\r\n')
  expect(told).toMatch(/^well: redis:\/\/127\.0\.0\.1/)
  expect((await asked(['-WRONGPASS no\r\n-NOAUTH\r\n'], ':x@')).told).toMatch(
    /^IO: redis:\/\/127\.0\.0\.1:\d+ answers: -WRONGPASS no$/,
  )
})

test('what is no Redis, and what is not there, is named', async () => {
  expect((await asked(['HTTP/1.1 400 Bad Request\r\n'])).told).toMatch(/^IO: .* answers: HTTP\/1\.1 400/)
  // Nothing listens at port 1.
  await expect(queueFinding(redisAddress('redis://127.0.0.1:1'))).rejects.toThrow(/cannot reach redis:\/\/127\.0\.0\.1:1: /)
})

test('an address is of Redis', () => {
  expect(redisAddress('rediss://user@host').hostname).toBe('host')
  for (const text of ['host:6379', 'http://host', 'redis://', '']) expect(() => redisAddress(text)).toThrow(/redis:\/\/host:6379/)
})
