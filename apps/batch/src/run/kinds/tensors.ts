// The outputs as they are.
import { Tensor, WeftError } from '@weft/core'
import type { ModelValue } from '@weft/model'
import type { Kind } from './kind.ts'

const MOST = 2n ** 31n

export const tensors: Kind = {
  about: 'the outputs as they are, in npy, npz, safetensors or JSON',
  single: false,
  formats: ['npy', 'npz', 'safetensors', 'json', 'jsonl'],
  naturalFormat: (outputs) => (outputs === 1 ? 'npy' : 'safetensors'),
  async render({ outputs }) {
    const named = Object.entries(outputs).map(([name, value]) => [name, storable(name, value)] as const)
    const shapes = Object.fromEntries(named.map(([name, { shape }]) => [name, [...shape]]))
    return named.length === 1
      ? { result: named[0][1], about: { shape: [...named[0][1].shape] } }
      : { result: { tensors: Object.fromEntries(named) }, about: { shapes } }
  },
}

/** int64 is written as int32, bool as uint8. @throws DTYPE for a number that int32 does not hold */
function storable(name: string, { data, shape }: ModelValue): Tensor {
  if (!(data instanceof BigInt64Array)) return new Tensor(data, shape)
  const odd = data.find((value) => value >= MOST || value < -MOST)
  if (odd === undefined) return new Tensor(Int32Array.from(data, Number), shape)
  throw new WeftError('DTYPE', `output '${name}' has ${odd}, which is past int32; leave it out with --outputs`, { name })
}
