// The code of the native object: what Node-API registers, and the entry points that JavaScript calls.
import { Assembler } from './assembler.ts'
import { callback, type Label, LOCALS, local, text } from './callback.ts'
import { ENTRIES, runKernel } from './entries.ts'
import type { Fixup } from './fixup.ts'
import { r32, r64, ripLabel, ripSymbol } from './operands.ts'

export interface Stub {
  readonly text: Uint8Array
  readonly fixups: readonly Fixup[]
  readonly imports: readonly string[]
  readonly exports: readonly { readonly name: string; readonly offset: number; readonly size: number }[]
}

/**
 * Assembles the entry points. Each is a Node-API callback; one whose arguments are not what it takes throws a TypeError.
 * - cpuid(leaf, subleaf, register 0..3) and xgetbv(): what processor and operating system allow, as 32 bits
 * - permitTiles(): asks for leave to use tiles; 0, or -errno
 * - address(typed array): where its bytes are
 * - place(bytes): copies machine code to fresh pages, first writable, then executable, never both; its address, or -errno
 * - release(address, bytes): gives such pages back
 * - enlarge(address, bytes): asks for huge pages there; 0, or -errno
 * - bind(address): a function that calls the kernel placed there with one argument, an offset into its arena
 */
export function assembleStub(): Stub {
  const asm = new Assembler()
  const exports: { name: string; offset: number; size: number }[] = []
  const run = callback(asm, runKernel)
  const entries = Object.entries(ENTRIES).map(([name, body]) => ({ name, label: callback(asm, body, run) }))
  const exported = (name: string, emit: () => void) => {
    asm.align(16)
    const offset = asm.size
    emit()
    exports.push({ name, offset, size: asm.size - offset })
  }
  exported('node_api_module_get_api_version_v1', () => {
    asm.emit('mov', r32.eax, 8)
    asm.emit('ret')
  })
  exported('napi_register_module_v1', () => register(asm, entries))
  const { bytes, fixups } = asm.finish()
  return { text: bytes, fixups, imports: [...new Set(fixups.map(({ name }) => name))], exports }
}

function register(asm: Assembler, entries: readonly { name: string; label: Label }[]): void {
  const names = entries.map(({ name }) => ({ name, label: asm.label() }))
  for (const register of [r64.rbx, r64.rbp] as const) asm.emit('push', register)
  asm.emit('sub', r64.rsp, LOCALS.bytes + 8)
  asm.emit('mov', r64.rbx, r64.rdi)
  asm.emit('mov', r64.rbp, r64.rsi)
  entries.forEach(({ label }, index) => {
    asm.emit('mov', r64.rdi, r64.rbx)
    asm.emit('lea', r64.rsi, ripLabel(names[index].label))
    asm.emit('mov', r64.rdx, -1)
    asm.emit('lea', r64.rcx, ripLabel(label))
    asm.emit('xor', r32.r8d, r32.r8d)
    asm.emit('lea', r64.r9, local('a'))
    asm.emit('call', ripSymbol('napi_create_function'))
    asm.emit('mov', r64.rdi, r64.rbx)
    asm.emit('mov', r64.rsi, r64.rbp)
    asm.emit('lea', r64.rdx, ripLabel(names[index].label))
    asm.emit('mov', r64.rcx, local('a'))
    asm.emit('call', ripSymbol('napi_set_named_property'))
  })
  asm.emit('mov', r64.rax, r64.rbp)
  asm.emit('add', r64.rsp, LOCALS.bytes + 8)
  for (const register of [r64.rbp, r64.rbx] as const) asm.emit('pop', register)
  asm.emit('ret')
  for (const { name, label } of names) text(asm, label, name)
}
