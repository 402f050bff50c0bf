// Damage to an ONNX file, by a seed: to its fields, which stay well-formed, to its bytes, or to both.

import { BYTE_MUTATIONS } from './byte-mutations.ts'
import { FIELD_MUTATIONS } from './field-mutations.ts'
import { type Field, lists, parse, write } from './wire-tree.ts'

/** Whole numbers from 0 to below n. */
export type Below = (n: number) => number

const MOST_CHANGES = 3
/** Of ten files, so many are changed in their fields alone, and so many in their bytes alone. */
const [FIELDS, BYTES] = [7, 2]

export function mutate(file: Uint8Array, below: Below): Uint8Array {
  const way = below(10)
  let bytes = file
  if (way < FIELDS || way >= FIELDS + BYTES) bytes = inFields(bytes, below)
  if (way >= FIELDS) bytes = inBytes(bytes, below)
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

function inBytes(bytes: Uint8Array, below: Below): Uint8Array {
  let changed = bytes
  for (let change = below(MOST_CHANGES); change >= 0; change--) {
    if (changed.length > 0) changed = (pick(BYTE_MUTATIONS, below) as (typeof BYTE_MUTATIONS)[number])(changed, below)
  }
  return changed
}

export function pick<T>(choices: readonly T[], below: Below): T | undefined {
  return choices[below(choices.length)]
}

/** All fields of a tree, and of its messages. */
export function allFields(tree: Field[]): Field[] {
  return lists(tree).flat()
}
