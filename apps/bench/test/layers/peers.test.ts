import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { expectInstalled, parsePeers } from '../../src/layers/peers.ts'

const folder = mkdtempSync(join(tmpdir(), 'weft-bench-peers-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('parsePeers', () => {
  it('takes a list, or none', () => {
    expect(parsePeers('pytorch,onnxruntime-node')).toEqual(['onnxruntime-node', 'pytorch'])
    expect(parsePeers('none')).toEqual([])
  })
  it('refuses what is no peer', () => {
    expect(() => parsePeers('onnx')).toThrow(/no peer 'onnx'; there are onnxruntime-node, .*pytorch, and none/)
  })
})

describe('expectInstalled', () => {
  it('names what is missing and the commands that install it', () => {
    const missing = () => expectInstalled(['onnxruntime-node', 'tfjs-wasm', 'pytorch'], folder, '/no/such/python')
    expect(missing).toThrow(
      expect.objectContaining({
        code: 'NOT_FOUND',
        message: expect.stringMatching(
          /^not installed: onnxruntime-node, tfjs-wasm, pytorch\. Install with {2}npx -y pnpm@\S+ --dir \S+ install --frozen-lockfile {2}and {2}apt-get install python3-torch /,
        ),
      }),
    )
  })
  it('is content with what is there', () => {
    const path = join(folder, 'node_modules', 'onnxruntime-node')
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'package.json'), '{}')
    expect(() => expectInstalled(['onnxruntime-node'], folder)).not.toThrow()
  })
})
