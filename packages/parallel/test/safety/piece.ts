// Machine code of the tests: made with the project's assembler, placed and bound as a kernel is.
import { PIECE_HEADER } from '@weft/core'
import { Assembler } from '../../../core/src/isa/x64/assembler.ts'
import { r64 } from '../../../core/src/isa/x64/operands.ts'
import type { Addon } from '../../src/native/addon.ts'

/** Called as a kernel is: rdi the address of the memory, rsi the offset that JavaScript gave. */
export interface Placed {
  readonly address: number
  readonly call: (args: number) => void
}

/** Emits, places and binds; the piece ends in a return of its own. */
export function placePiece(addon: Addon, memory: WebAssembly.Memory, emit: (asm: Assembler) => void): Placed {
  const asm = new Assembler()
  emit(asm)
  const code = asm.finish().bytes
  const area = new Uint8Array(PIECE_HEADER + code.length)
  new DataView(area.buffer).setBigUint64(0, BigInt(baseOf(addon, memory)), true)
  area.set(code, PIECE_HEADER)
  const address = addon.place(area)
  if (address < 0) throw new Error(`the system gives no executable memory for a test (errno ${-address})`)
  return { address, call: addon.bind(address) }
}

export function baseOf(addon: Addon, memory: WebAssembly.Memory): number {
  return addon.address(new Uint8Array(memory.buffer))
}

/** A register with any 64 bits. */
export function setRegister(asm: Assembler, name: keyof typeof r64, value: bigint | number): void {
  asm.emit('mov', r64[name], BigInt(value))
}
