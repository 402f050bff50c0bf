// The peers: other libraries that convolve, each in a process of its own, installed apart from the workspace.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { WeftError } from '@weft/core'
import { PEERS_FOLDER } from '../places.ts'
import { quoted } from '../quote.ts'

export interface Peer {
  /** As the heading of a column. */
  readonly short: string
  /** Native code, or what runs wherever JavaScript does. */
  readonly kind: 'native' | 'portable'
  /** Packages of the peers' folder; none for what the system's Python has. */
  readonly packages: readonly string[]
  /** The file in the peers' folder that serves it. */
  readonly script: string
  /** Whether it runs whole networks of ONNX files. */
  readonly runsOnnx: boolean
  /** Whether it has but one thread, whatever it is given. */
  readonly single: boolean
}

export const PEER_NAMES = ['onnxruntime-node', 'onnxruntime-web', 'tfjs-wasm', 'pytorch'] as const
export type PeerName = (typeof PEER_NAMES)[number]

export const PEERS: Readonly<Record<PeerName, Peer>> = {
  'onnxruntime-node': {
    short: 'ort-node',
    kind: 'native',
    packages: ['onnxruntime-node'],
    script: 'onnxruntime-node.ts',
    runsOnnx: true,
    single: false,
  },
  'onnxruntime-web': {
    short: 'ort-web',
    kind: 'portable',
    packages: ['onnxruntime-web'],
    script: 'onnxruntime-web.ts',
    runsOnnx: true,
    single: false,
  },
  'tfjs-wasm': {
    short: 'tfjs',
    kind: 'portable',
    packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'],
    script: 'tfjs-wasm.ts',
    runsOnnx: false,
    single: true,
  },
  pytorch: { short: 'torch', kind: 'native', packages: [], script: 'pytorch.py', runsOnnx: false, single: false },
}

/** The system's, as Debian's PyTorch is for that one. */
const PYTHON = '/usr/bin/python3'

export function peerCommand(peer: PeerName, threads: number): string[] {
  const { packages, script } = PEERS[peer]
  return [packages.length === 0 ? PYTHON : process.execPath, join(PEERS_FOLDER, script), String(threads)]
}

/** 'onnxruntime-node,pytorch' as names; 'none' is none. @throws OPTION */
export function parsePeers(text: string): PeerName[] {
  if (text === 'none') return []
  const names = text.split(',').map((name) => name.trim())
  for (const name of names) {
    if (!PEER_NAMES.includes(name as PeerName)) {
      throw new WeftError('OPTION', `there is no peer '${name}'; there are ${PEER_NAMES.join(', ')}, and none`)
    }
  }
  return PEER_NAMES.filter((name) => names.includes(name))
}

/** @throws NOT_FOUND with the commands that install what is missing. */
export function expectInstalled(peers: readonly PeerName[], folder = PEERS_FOLDER, python = PYTHON): void {
  const isMissing = (peer: PeerName): boolean => {
    const { packages } = PEERS[peer]
    if (packages.length === 0) return spawnSync(python, ['-c', 'import torch']).status !== 0
    return packages.some((name) => !existsSync(join(folder, 'node_modules', name, 'package.json')))
  }
  const missing = peers.filter(isMissing)
  if (missing.length === 0) return
  const commands = new Set(
    missing.map((peer) => (PEERS[peer].packages.length === 0 ? 'apt-get install python3-torch' : installCommand(folder))),
  )
  throw new WeftError(
    'NOT_FOUND',
    `not installed: ${missing.join(', ')}. Install with  ${[...commands].join('  and  ')}  or leave them out of --peers`,
    { missing: missing.join(',') },
  )
}

function installCommand(folder: string): string {
  return `npx -y pnpm@12.21.0 --dir ${quoted(relative(process.cwd(), folder) || '.')} install --frozen-lockfile`
}
