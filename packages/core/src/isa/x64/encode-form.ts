// Rows of the instruction table, read into the forms that the encoder works with.
import { WeftError } from '../../errors.ts'
import { type Row, TABLE } from './instructions.ts'
import type { RegisterKind } from './operands.ts'

/** What may stand in one place of a form. `words` is how the table says it. */
export interface Slot {
  readonly words: readonly string[]
  readonly registers: readonly RegisterKind[]
  /** Bits of memory; 0: any. */
  readonly memory: number | null
  /** Bits of the element that is broadcast from memory. */
  readonly element: number | null
  readonly mask: 'none' | 'merge' | 'zero'
}
export type Place = 'R' | 'M' | 'V' | 'O' | 'I' | 'D' | '-'

/** One way to encode an instruction. */
export interface Form {
  readonly name: string
  readonly slots: readonly Slot[]
  readonly places: readonly Place[]
  readonly encoding: 'legacy' | 'VEX' | 'EVEX'
  /** A mandatory prefix: 0x66, 0xF3, 0xF2, or 0. */
  readonly prefix: number
  /** Opcode map: 0 (one byte), 1 (0F), 2 (0F38), 3 (0F3A). */
  readonly map: number
  readonly wide: boolean
  /** Vector length as VEX and EVEX say it: 0, 1, 2 for 128, 256, 512 bits. */
  readonly length: number
  readonly opcode: readonly number[]
  /** What ModRM.reg holds where no operand goes there. */
  readonly digit: number
  /** A displacement of one byte counts steps of so many bytes. */
  readonly step: number
}

const WIDTHS = [
  { reg: 'r32', mem: 'm32', imm: 'w32', acc: 'eax', i8: 'w8' },
  { reg: 'r64', mem: 'm64', imm: 'i32', acc: 'rax', i8: 'i8' },
] as const
const LENGTHS = [
  { vec: 'xmm', mem: 'm128' },
  { vec: 'ymm', mem: 'm256' },
  { vec: 'zmm', mem: 'm512' },
] as const
const REGISTERS: Readonly<Record<string, RegisterKind>> = {
  r32: 'r32',
  r64: 'r64',
  xmm: 'xmm',
  ymm: 'ymm',
  zmm: 'zmm',
  k: 'k',
  tmm: 'tmm',
}
const PREFIXES: Readonly<Record<string, number>> = { '66': 0x66, F3: 0xf3, F2: 0xf2 }
const MAPS: Readonly<Record<string, number>> = { '0F': 1, '0F38': 2, '0F3A': 3 }

let forms: ReadonlyMap<string, readonly Form[]> | null = null

/** Every form of every instruction, by name; read from the table when first asked for. */
export function allForms(): ReadonlyMap<string, readonly Form[]> {
  forms ??= readTable()
  return forms
}

function readTable(): ReadonlyMap<string, readonly Form[]> {
  const read = new Map<string, Form[]>()
  for (const row of TABLE) read.set(row[0], [...(read.get(row[0]) ?? []), ...readRow(row)])
  return read
}

function readRow(row: Row): Form[] {
  const [, operands, , encoding] = row
  const words = operands.split(/[^a-z0-9]+/)
  const variants = encoding.startsWith('EVEX') ? LENGTHS : encoding.startsWith('VEX') ? LENGTHS.slice(0, 2) : WIDTHS
  const varies = words.some((word) => ['reg', 'mem', 'vec', 'acc'].includes(word))
  return varies ? variants.map((variant) => readForm(row, variant)) : [readForm(row, {})]
}

function readForm([name, operands, places, encoding, step]: Row, variant: Readonly<Record<string, string>>): Form {
  const slots = operands === '' ? [] : operands.split(', ').map((text) => readSlot(name, text, variant))
  if (slots.length !== places.length) throw new WeftError('INTERNAL', `the table's ${name} does not place its operands`)
  const tokens = encoding.split(/[ .]/)
  const take = (...words: string[]) => words.find((word) => tokens[0] === word && tokens.shift()) ?? ''
  const kind = take('VEX', 'EVEX')
  const long = take('L1') !== ''
  const prefix = PREFIXES[take(...Object.keys(PREFIXES))] ?? 0
  const rexW = take('REX') !== '' && take('W') !== ''
  const map = MAPS[take(...Object.keys(MAPS))] ?? 0
  const wide = rexW || take('W1', 'W0', 'WIG') === 'W1' || variant.reg === 'r64'
  const digit = tokens.at(-1)?.startsWith('/') ? tokens.pop()?.slice(1) : undefined
  const opcode = tokens.map((token) => Number.parseInt(token, 16))
  const memory = Math.max(...slots.map((slot) => slot.memory ?? 0))
  return {
    name,
    slots,
    places: [...places] as Place[],
    encoding: kind === '' ? 'legacy' : (kind as 'VEX' | 'EVEX'),
    prefix,
    map,
    wide,
    length: long ? 1 : lengthOf(slots),
    opcode,
    digit: digit === undefined || digit === 'r' ? 0 : Number(digit),
    step: kind === 'EVEX' ? (step ?? memory / 8) : 1,
  }
}

function readSlot(name: string, text: string, variant: Readonly<Record<string, string>>): Slot {
  const [, body, mask] = /^([^{]*)(\{k\}|\{kz\}|)$/.exec(text) ?? []
  if (body === undefined) throw new WeftError('INTERNAL', `the table's ${name} has an operand ${text}`)
  const words = body.split('/').map((word) => variant[word] ?? word)
  const bits = (pattern: RegExp) => words.map((word) => pattern.exec(word)?.[1]).find((found) => found !== undefined)
  const memory = words.includes('any') || words.includes('sib') ? '0' : bits(/^m(\d+)$/)
  const element = bits(/^b(\d+)$/)
  return {
    words,
    registers: words.flatMap((word) => REGISTERS[word] ?? []),
    memory: memory === undefined ? null : Number(memory),
    element: element === undefined ? null : Number(element),
    mask: mask === '{kz}' ? 'zero' : mask === '{k}' ? 'merge' : 'none',
  }
}

function lengthOf(slots: readonly Slot[]): number {
  const kinds = slots.flatMap(({ registers }) => registers)
  return kinds.includes('zmm') ? 2 : kinds.includes('ymm') ? 1 : 0
}
