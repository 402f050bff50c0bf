// Damage to the fields of an ONNX file that leaves it a protobuf message: other numbers, other operators, other wiring.
import { WireType } from '@bufbuild/protobuf/wire'
import { type Below, pick } from '../../../../tools/fuzz/chance.ts'
import { OPERATOR_TYPES } from '../../src/operators/registry.ts'
import { allFields } from './mutate.ts'
import { copy, type Field } from './wire-tree.ts'

/** Changes the field at `i` of a list. */
type Mutation = (list: Field[], i: number, tree: Field[], below: Below) => void

const NUMBERS = [
  0n,
  1n,
  2n,
  3n,
  7n,
  16n,
  255n,
  4096n,
  2n ** 20n,
  2n ** 30n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 62n,
]
const FLOATS = [0, -0, 1, -1, 0.5, 1e-40, 1e30, -1e30, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

function number(before: bigint, below: Below): bigint {
  if (below(3) === 0) return before + BigInt(below(5) - 2)
  const value = pick(NUMBERS, below) as bigint
  return below(3) === 0 ? -value : value
}

const changeValue: Mutation = (list, i, tree, below) => {
  const field = list[i]
  if (typeof field.value === 'bigint') field.value = number(field.value, below)
  else if (Array.isArray(field.value)) list[i] = copy(pick(allFields(tree), below) as Field)
  else if (field.type === WireType.Bit32) field.value = new Uint8Array(Float32Array.of(pick(FLOATS, below) as number).buffer)
  else field.value = bytesLike(field.value, tree, below)
}

/** Another text of the file, an operator's name, or the same bytes with numbers in them changed. */
function bytesLike(before: Uint8Array, tree: Field[], below: Below): Uint8Array {
  const way = below(8)
  if (way === 0) return before.slice(0, below(before.length + 1))
  if (way === 1) return new TextEncoder().encode(pick(OPERATOR_TYPES, below))
  if (way === 2) return Uint8Array.from({ length: below(16) }, () => below(256))
  if (way < 5) return texts(tree, below) ?? before
  return withNumbers(before, below)
}

function texts(tree: Field[], below: Below): Uint8Array | undefined {
  const all = allFields(tree).flatMap(({ value }) => (value instanceof Uint8Array && value.length < 64 ? [value] : []))
  return pick(all, below)
}

/** Raw data of int64 and of float: one element changed. */
function withNumbers(before: Uint8Array, below: Below): Uint8Array {
  const bytes = before.slice()
  const view = new DataView(bytes.buffer)
  if (bytes.length >= 8 && below(2) === 0) {
    const at = 8 * below(Math.floor(bytes.length / 8))
    view.setBigInt64(at, BigInt.asIntN(64, number(view.getBigInt64(at, true), below)), true)
  } else if (bytes.length >= 4) {
    view.setFloat32(4 * below(Math.floor(bytes.length / 4)), pick(FLOATS, below) as number, true)
  }
  return bytes
}

const changeNumbers: Mutation = (list, i, tree, below) => {
  const numbers = allFields(tree).filter(({ value }) => typeof value === 'bigint')
  const field = pick(numbers, below) ?? list[i]
  if (typeof field.value === 'bigint') field.value = number(field.value, below)
}

const changeOperator: Mutation = (_list, _i, tree, below) => {
  const nodes = tree.filter(({ number, value }) => number === 7 && Array.isArray(value)).flatMap(({ value }) => value as Field[])
  const node = pick(
    nodes.filter(({ number, value }) => number === 1 && Array.isArray(value)),
    below,
  )
  const opType = (node?.value as Field[] | undefined)?.find((field) => field.number === 4)
  if (opType !== undefined) opType.value = new TextEncoder().encode(pick(OPERATOR_TYPES, below))
}

const remove: Mutation = (list, i) => void list.splice(i, 1)

const double: Mutation = (list, i, _, below) => {
  for (let more = below(3) === 0 ? below(300) : 0; more >= 0; more--) list.splice(i, 0, copy(list[i]))
}

const swap: Mutation = (list, i, _, below) => {
  const other = below(list.length)
  ;[list[i], list[other]] = [list[other], list[i]]
}

const transplant: Mutation = (list, i, tree, below) => void list.splice(i, 0, copy(pick(allFields(tree), below) as Field))

const renumber: Mutation = (list, i, _, below) => {
  list[i].number = 1 + below(below(4) === 0 ? 2 ** 20 : 21)
}

export const FIELD_MUTATIONS: readonly Mutation[] = [
  changeValue,
  changeValue,
  changeValue,
  changeNumbers,
  changeNumbers,
  changeNumbers,
  changeNumbers,
  changeOperator,
  changeOperator,
  remove,
  double,
  swap,
  transplant,
  renumber,
]
