// Damage to inputs, by their kind: to what headers and lines say, to fields and chunks whose checksums are made right again, to bytes.
import { mutateBytes } from '../../../../tools/fuzz/byte-mutations.ts'
import { type Below, pick } from '../../../../tools/fuzz/chance.ts'
import { type Packed, zipOf } from './archive.ts'
import type { Kind, Whole } from './corpus.ts'
import { mutateJpeg, mutatePng } from './picture-mutations.ts'
import { number, WORDS } from './values.ts'

type Mutation = (bytes: Uint8Array, below: Below) => Uint8Array

/** Of ten files, so many are damaged by their kind alone, and so many in their bytes alone. */
const [BY_KIND, BYTES] = [7, 2]

export function mutate({ kind, bytes }: Whole, below: Below): Uint8Array {
  const way = below(10)
  let changed = bytes
  if (way < BY_KIND || way >= BY_KIND + BYTES) changed = MUTATIONS[kind](changed, below)
  if (way >= BY_KIND) changed = mutateBytes(changed, below)
  return changed
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Another number or word, two numbers exchanged, tokens less, twice, or others, a space more. */
const mutateText: Mutation = (bytes, below) => {
  const tokens = text(bytes).match(/-?\d+|\w+|\s+|[^\w\s]/g) ?? []
  for (let change = below(4) === 0 ? 2 : 0; change >= 0; change--) {
    const at = below(tokens.length)
    const way = below(8)
    const numbers = [...tokens.keys()].filter((index) => /^-?\d+$/.test(tokens[index]))
    const [one, other] = [pick(numbers, below), pick(numbers, below)]
    if (way < 2 && one !== undefined) tokens[one] = number(tokens[one], below)
    else if (way < 3 && one !== undefined && other !== undefined) [tokens[one], tokens[other]] = [tokens[other], tokens[one]]
    else if (way < 4) tokens[at] = pick(WORDS, below) as string
    else if (way < 5) tokens.splice(at, 1 + below(4))
    else if (way < 6) tokens.splice(at, 0, ...tokens.slice(at, at + 1 + below(12)))
    else if (way < 7) tokens.splice(at, 0, ' ')
    else tokens.splice(at, 1, tokens[below(tokens.length)])
  }
  return Buffer.from(tokens.join(''), 'latin1')
}

/** Changes what is before the numbers, and mostly the length that is said of it. */
function headed(bytes: Uint8Array, begin: number, lengthBytes: number, below: Below): Uint8Array {
  const file = Buffer.from(bytes)
  const length = file.readUIntLE(begin - lengthBytes, Math.min(lengthBytes, 6))
  const header = mutateText(file.subarray(begin, begin + length), below)
  const head = Buffer.from(file.subarray(0, begin))
  if (below(6) > 0) head.writeUIntLE(header.length, begin - lengthBytes, Math.min(lengthBytes, 6))
  const rest = file.subarray(begin + length)
  return Buffer.concat([head, header, below(8) === 0 ? rest.subarray(0, below(rest.length + 1)) : rest])
}

const mutateNpy: Mutation = (bytes, below) => {
  const lengthBytes = bytes[6] === 1 ? 2 : 4
  return headed(bytes, 8 + lengthBytes, lengthBytes, below)
}

const SIGNATURES = ['PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06']

/** A field of a header, or all made anew of odd names and damaged contents, checksums right. */
const mutateNpz: Mutation = (bytes, below) => {
  if (below(2) === 0) {
    const changed = Buffer.from(bytes)
    const begins = SIGNATURES.flatMap((mark) => indices(text(bytes), mark))
    const at = (pick(begins, below) as number) + 4 + below(44)
    const wide = below(2) === 0 ? 4 : 2
    if (at + wide <= changed.length) changed.writeUIntLE(Number(number('64', below)) >>> (wide === 2 ? 16 : 0), at, wide)
    return changed
  }
  const npys = Array.from({ length: below(5) }, (): Packed => {
    const npy = Buffer.concat([NPY_HEAD, Buffer.alloc(below(3) === 0 ? below(2 ** 18) : 64)])
    const name = below(3) === 0 ? String(pick(WORDS, below)) : `x${below(4)}`
    return { name: `${name}.npy`, bytes: below(2) === 0 ? npy : mutateNpy(npy, below) }
  })
  return zipOf(npys, below(2) === 0)
}

const NPY_HEAD = Buffer.from(
  `\x93NUMPY\x01\x00\x76\x00${"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 8), }".padEnd(117)}\n`,
  'latin1',
)

function indices(where: string, what: string): number[] {
  const found: number[] = []
  for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + 1)) found.push(at)
  return found
}

const MUTATIONS: Readonly<Record<Kind, Mutation>> = {
  npy: mutateNpy,
  npz: mutateNpz,
  safetensors: (bytes, below) => headed(bytes, 8, 8, below),
  png: mutatePng,
  jpeg: mutateJpeg,
  csv: mutateText,
  jsonl: mutateText,
}
