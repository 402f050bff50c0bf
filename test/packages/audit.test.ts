// The audit against registries of our own: one that knows nothing, one that knows something, one that does not tell.
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { audit } from './audit.ts'
import { ROOT } from './pack.ts'

const folder = mkdtempSync(join(tmpdir(), 'weft-audit-'))
for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) copyFileSync(join(ROOT, file), join(folder, file))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function audited(status: number, answer: object): Promise<{ result: string; asked: string }> {
  let asked = ''
  const server = createServer(async (request, response) => {
    for await (const chunk of request.setEncoding('utf8')) asked += chunk
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }).listen(0)
  await once(server, 'listening')
  const pnpm_config_registry = `http://localhost:${(server.address() as AddressInfo).port}/`
  try {
    return { result: await audit(folder, { pnpm_config_registry }), asked }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const finding = (severity: string) => ({
  piscina: [{ id: 1, url: 'https://example.org/1', title: 'A hole', severity, vulnerable_versions: '>=0', cwe: [] }],
})

describe('the audit', () => {
  it('asks of every dependency, and says that nothing is known', async () => {
    const { result, asked } = await audited(200, {})
    expect(result).toBe('nothing high')
    expect(Object.keys(JSON.parse(asked))).toEqual(expect.arrayContaining(['piscina', 'vitest', '@stricli/core']))
  })

  it('fails over a high finding, and not over a low one', async () => {
    await expect(audited(200, finding('high'))).rejects.toThrow('A hole')
    expect((await audited(200, finding('low'))).result).toBe('nothing high')
  })

  it('says that nothing was checked where the registry does not answer', async () => {
    expect((await audited(405, {})).result).toMatch(/^NOT CHECKED, .*advisories.*responded with 405/)
  })
})
