// What damaged inputs are made of: the files of the readers' tests, pictures and archives made here, and manifests of these.
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { Tensor } from '@weft/core'
import { encodeImage, encodeNpy, encodeSafetensors } from '@weft/io'
import { zipOf } from './archive.ts'

export const KINDS = ['npy', 'npz', 'safetensors', 'png', 'jpeg', 'csv', 'jsonl'] as const
export type Kind = (typeof KINDS)[number]

export interface Whole {
  readonly kind: Kind
  readonly name: string
  readonly bytes: Uint8Array
}

const FIXTURES = join(import.meta.dirname, '../../../../packages/io/test/fixtures')
const EXTENSIONS: Readonly<Record<string, Kind>> = {
  '.npy': 'npy',
  '.npz': 'npz',
  '.safetensors': 'safetensors',
  '.png': 'png',
  '.jpg': 'jpeg',
}
/** Names of whole files, which lie where manifests are tried. */
export const NEIGHBOURS = ['rgb.png', 'halves.jpg', 'f4-le-rows.npy', 'numpy-stored.npz', 'reference.safetensors'] as const

export function fixture(name: string): Uint8Array {
  return readFileSync(join(FIXTURES, name))
}

export async function corpus(): Promise<Whole[]> {
  const names = readdirSync(FIXTURES).filter((name) => extname(name) in EXTENSIONS)
  const noise = Float32Array.from({ length: 4 * 33 * 17 }, (_, at) => ((at * 7919) % 256) / 255)
  const picture = (channels: number): Tensor => new Tensor(noise.slice(0, channels * 33 * 17), [channels, 33, 17])
  const tensors: [string, Tensor][] = [
    ['conv1.weight', Tensor.arange([4, 3, 3, 3])],
    ['bias', Tensor.arange([4])],
    ['empty', Tensor.zeros([0, 3])],
  ]
  const npys = tensors.map(([name, tensor]) => ({ name: `${name}.npy`, bytes: Buffer.concat(encodeNpy(tensor)) }))
  return [
    ...names.map((name): Whole => ({ kind: EXTENSIONS[extname(name)], name, bytes: fixture(name) })),
    { kind: 'npz', name: 'stored.npz', bytes: zipOf(npys, false) },
    { kind: 'npz', name: 'deflated.npz', bytes: zipOf(npys, true) },
    { kind: 'safetensors', name: 'three.safetensors', bytes: Buffer.concat(encodeSafetensors(tensors)) },
    ...(await Promise.all(
      [1, 3, 4].map(
        async (channels): Promise<Whole> => ({
          kind: 'png',
          name: `noise-${channels}.png`,
          bytes: await encodeImage(picture(channels), 'png'),
        }),
      ),
    )),
    { kind: 'jpeg', name: 'noise.jpg', bytes: await encodeImage(picture(3), 'jpeg') },
    ...manifests(),
  ]
}

function manifests(): Whole[] {
  const rows = NEIGHBOURS.map((path, at) => ({ path, id: `item ${at}/of "${path}", once` }))
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  const lines = (all: readonly string[]): Uint8Array => Buffer.from(`${all.join('\n')}\n`)
  return [
    { kind: 'csv', name: 'paths.csv', bytes: lines(['path', ...NEIGHBOURS]) },
    { kind: 'csv', name: 'ids.csv', bytes: lines(['id,path,label', ...rows.map(({ path, id }) => `${quoted(id)},${path},7`)]) },
    { kind: 'jsonl', name: 'paths.jsonl', bytes: lines(NEIGHBOURS.map((path) => JSON.stringify({ path }))) },
    { kind: 'jsonl', name: 'ids.jsonl', bytes: lines(rows.map((row) => JSON.stringify(row))) },
  ]
}
