// Damage to bytes, whatever they mean.
import { type Below, pick } from './chance.ts'

type Mutation = (bytes: Uint8Array, below: Below) => Uint8Array

const LONGEST = 64

const flip: Mutation = (bytes, below) => {
  const changed = bytes.slice()
  changed[below(bytes.length)] ^= 1 << below(8)
  return changed
}

const overwrite: Mutation = (bytes, below) => {
  const changed = bytes.slice()
  const at = below(bytes.length)
  const value = [0, 0x7f, 0x80, 0xff, below(256)][below(5)]
  changed.fill(value, at, at + 1 + below(LONGEST))
  return changed
}

const cut: Mutation = (bytes, below) => bytes.slice(0, below(bytes.length))

const remove: Mutation = (bytes, below) => {
  const at = below(bytes.length)
  return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + below(LONGEST)))
}

const insert: Mutation = (bytes, below) => {
  const at = below(bytes.length)
  const fresh = Uint8Array.from({ length: 1 + below(LONGEST) }, () => below(256))
  return joined(bytes.subarray(0, at), fresh, bytes.subarray(at))
}

const repeat: Mutation = (bytes, below) => {
  const at = below(bytes.length)
  const part = bytes.subarray(at, at + 1 + below(LONGEST * 4))
  return joined(bytes.subarray(0, at), ...new Array(1 + below(LONGEST)).fill(part), bytes.subarray(at))
}

const MUTATIONS: readonly Mutation[] = [flip, flip, overwrite, cut, remove, insert, repeat]
const MOST_CHANGES = 3

/** One change to three. */
export function mutateBytes(bytes: Uint8Array, below: Below): Uint8Array {
  // A Buffer's slices share its memory.
  let changed: Uint8Array = new Uint8Array(bytes)
  for (let change = below(MOST_CHANGES); change >= 0; change--)
    if (changed.length > 0) changed = (pick(MUTATIONS, below) as Mutation)(changed, below)
  return changed
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
