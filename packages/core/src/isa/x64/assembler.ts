// The assembler: instructions and labels to machine code, with what is left for a linker or loader to fill in.
import { WeftError } from '../../errors.ts'
import { encode } from './encode.ts'
import type { Link } from './encode-bytes.ts'
import { isDisp32, littleEndian } from './encode-immediate.ts'
import type { Fixup } from './fixup.ts'
import type { Mnemonic } from './instructions.ts'
import { nops } from './nops.ts'
import { Label, type Operand } from './operands.ts'

export interface Code {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly fixups: readonly Fixup[]
}

/** A distance to a label: `bytes` bytes at `at`, counted from `from`. */
interface Distance {
  readonly instruction: string
  readonly at: number
  readonly bytes: number
  readonly from: number
  readonly label: Label
}

const PAGE = 4096

/**
 * Code in the order of its calls. A branch to a label that is bound already takes the short form where it reaches; one to
 * a label ahead always takes the near form of 32 bits, so that what was emitted never moves.
 */
export class Assembler {
  readonly #bytes: number[] = []
  readonly #fixups: Fixup[] = []
  readonly #distances: Distance[] = []
  readonly #labels = new Set<Label>()

  /** Bytes emitted so far: the offset of what comes next. */
  get size(): number {
    return this.#bytes.length
  }

  emit(mnemonic: Mnemonic, ...operands: Operand[]): void {
    const { bytes, link } = encode(mnemonic, operands, this.size)
    if (link !== null) this.#leave(mnemonic, link, bytes.length)
    this.#bytes.push(...bytes)
  }

  /** Bytes that are no instruction: constants, tables. */
  data(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte)
  }

  label(): Label {
    const label = new Label()
    this.#labels.add(label)
    return label
  }

  /** Places a label here. */
  bind(label: Label): void {
    if (!this.#labels.has(label)) throw fault('a label of another assembler is bound')
    if (label.at !== null) throw fault('a label is bound twice', { first: label.at, second: this.size })
    label.at = this.size
  }

  /** Goes on at a multiple of `bytes`, a power of two up to a page, counted from the start of the code. */
  align(bytes: number): void {
    if (!(bytes >= 1 && bytes <= PAGE && Number.isInteger(Math.log2(bytes))))
      throw fault(`code cannot be aligned to ${bytes} bytes`, { bytes })
    this.#bytes.push(...nops((bytes - (this.size % bytes)) % bytes))
  }

  /** The code so far, every label in its place. More may be emitted, and finish called again. */
  finish(): Code {
    const code = Uint8Array.from(this.#bytes)
    for (const { instruction, at, bytes, from, label } of this.#distances) {
      if (label.at === null) throw fault(`${instruction}: its label is never bound`, { instruction, at })
      const distance = label.at - from
      if (!isDisp32(distance))
        throw fault(`${instruction}: its label is ${distance} bytes away, beyond 32 bits`, { instruction, at })
      code.set(littleEndian(distance, bytes), at)
    }
    return { bytes: code, fixups: [...this.#fixups] }
  }

  /** Notes a distance that an instruction leaves open. */
  #leave(instruction: string, { at, bytes, target, disp }: Link, length: number): void {
    const start = this.size
    if (typeof target === 'string') {
      const addend = disp - (length - at)
      if (!isDisp32(addend)) throw fault(`${instruction}: ${target} + ${disp} is beyond 32 bits`, { instruction })
      this.#fixups.push({ at: start + at, name: target, addend })
      return
    }
    if (!this.#labels.has(target)) throw fault(`${instruction}: its label is of another assembler`, { instruction })
    this.#distances.push({ instruction, at: start + at, bytes, from: start + length - disp, label: target })
  }
}

function fault(sentence: string, details: Record<string, string | number> = {}): WeftError {
  return new WeftError('INTERNAL', sentence, details)
}
