// Damage to an ONNX file, by a seed: to its fields, which stay well-formed, to its bytes, or to both.

import { mutateBytes } from '../../../../tools/fuzz/byte-mutations.ts'
import { type Below, pick } from '../../../../tools/fuzz/chance.ts'
import { FIELD_MUTATIONS } from './field-mutations.ts'
import { type Field, lists, parse, write } from './wire-tree.ts'

const MOST_CHANGES = 3
/** Of ten files, so many are changed in their fields alone, and so many in their bytes alone. */
const [FIELDS, BYTES] = [7, 2]

export function mutate(file: Uint8Array, below: Below): Uint8Array {
  const way = below(10)
  let bytes = file
  if (way < FIELDS || way >= FIELDS + BYTES) bytes = inFields(bytes, below)
  if (way >= FIELDS) bytes = mutateBytes(bytes, below)
  return bytes
}

function inFields(bytes: Uint8Array, below: Below): Uint8Array {
  const tree = parse(bytes)
  for (let change = below(MOST_CHANGES); change >= 0; change--) {
    const list = pick(
      lists(tree).filter(({ length }) => length > 0),
      below,
    )
    if (list !== undefined)
      (pick(FIELD_MUTATIONS, below) as (typeof FIELD_MUTATIONS)[number])(list, below(list.length), tree, below)
  }
  return write(tree)
}

/** All fields of a tree, and of its messages. */
export function allFields(tree: Field[]): Field[] {
  return lists(tree).flat()
}
