// Protobuf messages read by small tables of fields: what a table does not name is skipped.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { WeftError } from '@weft/core'

/** How one field of a message is read: from its wire form, onto what was read of it before. */
export interface Field<V> {
  readonly number: number
  readonly initial: V
  read(reader: BinaryReader, wireType: WireType, before: V, budget: Budget): V
}
export type Table = Readonly<Record<string, Field<unknown>>>
export type Message<T extends Table> = { -readonly [K in keyof T]: T[K] extends Field<infer V> ? V : never }

/** The most parts, messages and texts, of one file: a part of two bytes in the file is an object of a hundred in memory. */
const MOST_PARTS = 250_000

export class Budget {
  #left = MOST_PARTS

  /** @throws TOO_LARGE when the file has more parts than any network needs */
  take(): void {
    if (this.#left-- <= 0) throw new WeftError('TOO_LARGE', `it has over ${MOST_PARTS} parts`, { limit: MOST_PARTS })
  }
}

/** @throws FORMAT, or an error of the reader, when the bytes are no such message */
export function readMessage<T extends Table>(bytes: Uint8Array, table: T, budget: Budget): Message<T> {
  budget.take()
  const byNumber = numbered(table)
  const message: Record<string, unknown> = {}
  for (const name in table) message[name] = table[name].initial
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    const entry = byNumber.get(number)
    if (entry !== undefined) message[entry[0]] = entry[1].read(reader, wireType, message[entry[0]], budget)
    else if (wireType === WireType.StartGroup) throw new WeftError('FORMAT', `field ${number} is a group, which ONNX has none of`)
    else reader.skip(wireType, number)
  }
  return message as Message<T>
}

const numberings = new WeakMap<Table, ReadonlyMap<number, readonly [string, Field<unknown>]>>()

function numbered(table: Table): ReadonlyMap<number, readonly [string, Field<unknown>]> {
  let numbering = numberings.get(table)
  if (numbering === undefined) {
    numbering = new Map(Object.entries(table).map(([name, field]) => [field.number, [name, field]]))
    numberings.set(table, numbering)
  }
  return numbering
}

/** A whole number; past 2^53 the nearest that float64 holds. */
export function int(number: number, initial = 0): Field<number> {
  return { number, initial, read: (reader, wireType) => expect(wireType, WireType.Varint, number) && Number(reader.int64()) }
}

export function float(number: number): Field<number> {
  return { number, initial: 0, read: (reader, wireType) => expect(wireType, WireType.Bit32, number) && reader.float() }
}

export function string(number: number): Field<string> {
  return { number, initial: '', read: (reader, wireType, _, budget) => text(reader, wireType, number, budget) }
}

export function strings(number: number): Field<string[]> {
  return {
    number,
    initial: [],
    read: (reader, wireType, before, budget) => append(before, text(reader, wireType, number, budget)),
  }
}

/** A view of the file, not a copy. */
export function bytes(number: number): Field<Uint8Array | null> {
  return {
    number,
    initial: null,
    read: (reader, wireType) => expect(wireType, WireType.LengthDelimited, number) && reader.bytes(),
  }
}

export function message<T extends Table>(number: number, table: T): Field<Message<T> | null> {
  return { number, initial: null, read: (reader, wireType, _, budget) => nested(reader, wireType, number, table, budget) }
}

export function messages<T extends Table>(number: number, table: T): Field<Message<T>[]> {
  return {
    number,
    initial: [],
    read: (reader, wireType, before, budget) => append(before, nested(reader, wireType, number, table, budget)),
  }
}

/** Whole numbers, packed or one by one. */
export function ints(number: number): Field<number[]> {
  return list(number, WireType.Varint, (reader) => Number(reader.int64()))
}

export function floats(number: number): Field<number[]> {
  return list(number, WireType.Bit32, (reader) => reader.float())
}

/** Many numbers, as views of the file in packed form; one that stands alone is its own packed form. */
export function packed(number: number): Field<Uint8Array[]> {
  return {
    number,
    initial: [],
    read(reader, wireType, before, budget) {
      budget.take()
      return append(before, wireType === WireType.LengthDelimited ? reader.bytes() : reader.skip(wireType, number))
    },
  }
}

function list(number: number, single: WireType, read: (reader: BinaryReader) => number): Field<number[]> {
  return {
    number,
    initial: [],
    read(reader, wireType, before) {
      if (wireType !== WireType.LengthDelimited) return expect(wireType, single, number) && append(before, read(reader))
      const inner = new BinaryReader(reader.bytes())
      let values = before
      while (inner.pos < inner.len) values = append(values, read(inner))
      return values
    },
  }
}

function text(reader: BinaryReader, wireType: WireType, number: number, budget: Budget): string {
  expect(wireType, WireType.LengthDelimited, number)
  budget.take()
  return reader.string()
}

function nested<T extends Table>(reader: BinaryReader, wireType: WireType, number: number, table: T, budget: Budget): Message<T> {
  expect(wireType, WireType.LengthDelimited, number)
  return readMessage(reader.bytes(), table, budget)
}

/** The initial list is shared by all messages: the first entry makes one of its own. */
function append<V>(values: V[], value: V): V[] {
  if (values.length === 0) return [value]
  values.push(value)
  return values
}

function expect(wireType: WireType, wanted: WireType, number: number): true {
  if (wireType !== wanted) throw new WeftError('FORMAT', `field ${number} has wire type ${wireType}, not ${wanted}`)
  return true
}
