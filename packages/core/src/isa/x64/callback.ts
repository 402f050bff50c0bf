// A Node-API callback of the native object: its frame, its arguments as numbers or bytes, and what it returns.
import type { Assembler } from './assembler.ts'
import { mem, r32, r64, ripLabel, ripSymbol, xmm } from './operands.ts'

/** A frame of locals of one call: 8 bytes each, from the stack pointer up. */
export const LOCALS = { argc: 0, first: 8, second: 16, third: 24, data: 32, a: 40, b: 48, c: 56, d: 64, bytes: 80 } as const
export const local = (name: keyof typeof LOCALS) => mem({ base: r64.rsp, disp: LOCALS[name] })

export type Label = ReturnType<Assembler['label']>
/** Emits a callback's own part; jumps to `fail` where an argument is not what it takes. `run` is what bound functions do. */
export type Body = (asm: Assembler, fail: Label, run: Label) => void

/** A callback: reads up to three arguments into the frame, runs the body with env in rbx, returns what it left in local a, or throws. */
export function callback(asm: Assembler, body: Body, run?: Label): Label {
  const [entry, fail, message] = [asm.label(), asm.label(), asm.label()]
  asm.align(16)
  asm.bind(entry)
  asm.emit('push', r64.rbx)
  asm.emit('sub', r64.rsp, LOCALS.bytes)
  asm.emit('mov', r64.rbx, r64.rdi)
  asm.emit('mov', r32.eax, 3)
  asm.emit('mov', local('argc'), r64.rax)
  asm.emit('lea', r64.rdx, local('argc'))
  asm.emit('lea', r64.rcx, local('first'))
  asm.emit('xor', r32.r8d, r32.r8d)
  asm.emit('lea', r64.r9, local('data'))
  asm.emit('mov', local('a'), r64.r8)
  asm.emit('call', ripSymbol('napi_get_cb_info'))
  body(asm, fail, run ?? entry)
  leave(asm)
  asm.bind(fail)
  asm.emit('mov', r64.rdi, r64.rbx)
  asm.emit('xor', r32.esi, r32.esi)
  asm.emit('lea', r64.rdx, ripLabel(message))
  asm.emit('call', ripSymbol('napi_throw_type_error'))
  asm.emit('xor', r32.eax, r32.eax)
  asm.emit('mov', local('a'), r64.rax)
  leave(asm)
  text(asm, message, 'weft: wrong arguments')
  return entry
}

function leave(asm: Assembler): void {
  asm.emit('mov', r64.rax, local('a'))
  asm.emit('add', r64.rsp, LOCALS.bytes)
  asm.emit('pop', r64.rbx)
  asm.emit('ret')
}

export function text(asm: Assembler, label: Label, characters: string): void {
  asm.bind(label)
  asm.data(Uint8Array.from([...characters, '\0'], (character) => character.charCodeAt(0)))
}

/** Reads an argument as a number of a kind into a local; leaves where it is something else. */
export function number(
  asm: Assembler,
  fail: Label,
  kind: 'uint32' | 'double',
  from: keyof typeof LOCALS,
  to: keyof typeof LOCALS,
): void {
  asm.emit('mov', r64.rdi, r64.rbx)
  asm.emit('mov', r64.rsi, local(from))
  asm.emit('lea', r64.rdx, local(to))
  asm.emit('call', ripSymbol(`napi_get_value_${kind}`))
  asm.emit('test', r32.eax, r32.eax)
  asm.emit('jnz', fail)
}

/** The first two arguments, an address and a number of bytes, as those of a system call. */
export function range(asm: Assembler, fail: Label): void {
  number(asm, fail, 'double', 'first', 'a')
  number(asm, fail, 'double', 'second', 'b')
  asm.emit('cvttsd2si', r64.rdi, local('a'))
  asm.emit('cvttsd2si', r64.rsi, local('b'))
}

/** Leaves in local a the number in rax: 32 bits as they are, or an address, which a double holds exactly. */
export function result(asm: Assembler, kind: 'uint32' | 'double'): void {
  asm.emit('mov', r64.rdi, r64.rbx)
  if (kind === 'double') asm.emit('cvtsi2sd', xmm(0), r64.rax)
  else asm.emit('mov', r32.esi, r32.eax)
  asm.emit('lea', kind === 'double' ? r64.rsi : r64.rdx, local('a'))
  asm.emit('call', ripSymbol(`napi_create_${kind}`))
}

/** The typed array in the first argument: its bytes in local b, their number in local c. */
export function bytesOf(asm: Assembler, fail: Label): void {
  asm.emit('mov', r64.rdi, r64.rbx)
  asm.emit('mov', r64.rsi, local('first'))
  asm.emit('xor', r32.edx, r32.edx)
  asm.emit('lea', r64.rcx, local('c'))
  asm.emit('lea', r64.r8, local('b'))
  asm.emit('xor', r32.r9d, r32.r9d)
  // The seventh argument, where the array begins in its buffer, is not wanted: a null on the stack.
  asm.emit('xor', r32.eax, r32.eax)
  asm.emit('push', r64.rax)
  asm.emit('push', r64.rax)
  asm.emit('call', ripSymbol('napi_get_typedarray_info'))
  asm.emit('add', r64.rsp, 16)
  asm.emit('test', r32.eax, r32.eax)
  asm.emit('jnz', fail)
}
