// The code of the native object: what Node-API registers, and the entry points that JavaScript calls.
import { Assembler } from './assembler.ts'
import type { Fixup } from './fixup.ts'
import { mem, r32, r64, ripLabel, ripSymbol, xmm } from './operands.ts'

/** Bytes before the code of a placed kernel: the address of its arena, then nothing up to a cache line. */
export const PIECE_HEADER = 64

/** Flush subnormal results to zero, and take subnormal operands as zero. */
const FLUSH = 0x8040
const [SYS_MMAP, SYS_MPROTECT, SYS_MUNMAP, SYS_MADVISE, SYS_ARCH_PRCTL] = [9, 10, 11, 28, 158]
const [READ_WRITE, READ_EXECUTE, PRIVATE_ANONYMOUS] = [3, 5, 0x22]
/** MADV_HUGEPAGE. */
const HUGE_PAGES = 14
/** ARCH_REQ_XCOMP_PERM, and XFEATURE_XTILEDATA that it asks for: every thread of the process has it then. */
const [ASK_FOR_STATE, TILE_DATA] = [0x1023, 18]

export interface Stub {
  readonly text: Uint8Array
  readonly fixups: readonly Fixup[]
  readonly imports: readonly string[]
  readonly exports: readonly { readonly name: string; readonly offset: number; readonly size: number }[]
}

/** A frame of locals of one call: 8 bytes each, from the stack pointer up. */
const LOCALS = { argc: 0, first: 8, second: 16, third: 24, data: 32, a: 40, b: 48, c: 56, d: 64, bytes: 80 } as const
const local = (name: keyof typeof LOCALS) => mem({ base: r64.rsp, disp: LOCALS[name] })

type Label = ReturnType<Assembler['label']>
/** Emits a callback's own part; jumps to `fail` where an argument is not what it takes. `run` is what bound functions do. */
type Body = (asm: Assembler, fail: Label, run: Label) => void

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

/** A callback: reads up to three arguments into the frame, runs the body with env in rbx, returns what it left in local a, or throws. */
function callback(asm: Assembler, body: Body, run?: Label): Label {
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

function text(asm: Assembler, label: Label, characters: string): void {
  asm.bind(label)
  asm.data(Uint8Array.from([...characters, '\0'], (character) => character.charCodeAt(0)))
}

/** Reads an argument as a number of a kind into a local; leaves where it is something else. */
function number(
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
function range(asm: Assembler, fail: Label): void {
  number(asm, fail, 'double', 'first', 'a')
  number(asm, fail, 'double', 'second', 'b')
  asm.emit('cvttsd2si', r64.rdi, local('a'))
  asm.emit('cvttsd2si', r64.rsi, local('b'))
}

/** Leaves in local a the number in rax: 32 bits as they are, or an address, which a double holds exactly. */
function result(asm: Assembler, kind: 'uint32' | 'double'): void {
  asm.emit('mov', r64.rdi, r64.rbx)
  if (kind === 'double') asm.emit('cvtsi2sd', xmm(0), r64.rax)
  else asm.emit('mov', r32.esi, r32.eax)
  asm.emit('lea', kind === 'double' ? r64.rsi : r64.rdx, local('a'))
  asm.emit('call', ripSymbol(`napi_create_${kind}`))
}

/** The typed array in the first argument: its bytes in local b, their number in local c. */
function bytesOf(asm: Assembler, fail: Label): void {
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

const ENTRIES: Readonly<Record<string, Body>> = {
  cpuid(asm, fail) {
    number(asm, fail, 'uint32', 'first', 'a')
    number(asm, fail, 'uint32', 'second', 'b')
    number(asm, fail, 'uint32', 'third', 'c')
    asm.emit('mov', local('d'), r64.rbx)
    asm.emit('mov', r32.eax, local('a'))
    asm.emit('mov', r32.ecx, local('b'))
    asm.emit('cpuid')
    asm.emit('mov', r32.r8d, local('c'))
    for (const [index, register] of [r32.ebx, r32.ecx, r32.edx].entries()) {
      asm.emit('cmp', r32.r8d, index + 1)
      asm.emit('cmove', r32.eax, register)
    }
    asm.emit('mov', r64.rbx, local('d'))
    result(asm, 'uint32')
  },

  xgetbv(asm) {
    asm.emit('xor', r32.ecx, r32.ecx)
    asm.emit('xgetbv')
    result(asm, 'uint32')
  },

  permitTiles(asm) {
    asm.emit('mov', r32.edi, ASK_FOR_STATE)
    asm.emit('mov', r32.esi, TILE_DATA)
    systemCall(asm, SYS_ARCH_PRCTL)
    result(asm, 'double')
  },

  address(asm, fail) {
    bytesOf(asm, fail)
    asm.emit('mov', r64.rax, local('b'))
    result(asm, 'double')
  },

  place(asm, fail) {
    const [done, failed] = [asm.label(), asm.label()]
    bytesOf(asm, fail)
    asm.emit('xor', r32.edi, r32.edi)
    asm.emit('mov', r64.rsi, local('c'))
    asm.emit('mov', r32.edx, READ_WRITE)
    asm.emit('mov', r32.r10d, PRIVATE_ANONYMOUS)
    asm.emit('mov', r64.r8, -1)
    asm.emit('xor', r32.r9d, r32.r9d)
    systemCall(asm, SYS_MMAP)
    asm.emit('test', r64.rax, r64.rax)
    asm.emit('jl', done)
    asm.emit('mov', local('d'), r64.rax)
    asm.emit('mov', r64.rdi, r64.rax)
    asm.emit('mov', r64.rsi, local('b'))
    asm.emit('mov', r64.rcx, local('c'))
    asm.emit('rep movsb')
    asm.emit('mov', r64.rdi, local('d'))
    asm.emit('mov', r64.rsi, local('c'))
    asm.emit('mov', r32.edx, READ_EXECUTE)
    systemCall(asm, SYS_MPROTECT)
    asm.emit('test', r64.rax, r64.rax)
    asm.emit('jnz', failed)
    asm.emit('mov', r64.rax, local('d'))
    asm.emit('jmp', done)
    asm.bind(failed)
    asm.emit('mov', local('a'), r64.rax)
    asm.emit('mov', r64.rdi, local('d'))
    asm.emit('mov', r64.rsi, local('c'))
    systemCall(asm, SYS_MUNMAP)
    asm.emit('mov', r64.rax, local('a'))
    asm.bind(done)
    result(asm, 'double')
  },

  release(asm, fail) {
    range(asm, fail)
    systemCall(asm, SYS_MUNMAP)
    result(asm, 'double')
  },

  enlarge(asm, fail) {
    range(asm, fail)
    asm.emit('mov', r32.edx, HUGE_PAGES)
    systemCall(asm, SYS_MADVISE)
    result(asm, 'double')
  },

  bind(asm, fail, run) {
    number(asm, fail, 'double', 'first', 'a')
    asm.emit('cvttsd2si', r64.r8, local('a'))
    asm.emit('mov', r64.rdi, r64.rbx)
    asm.emit('xor', r32.esi, r32.esi)
    asm.emit('xor', r32.edx, r32.edx)
    asm.emit('lea', r64.rcx, ripLabel(run))
    asm.emit('lea', r64.r9, local('a'))
    asm.emit('call', ripSymbol('napi_create_function'))
    asm.emit('test', r32.eax, r32.eax)
    asm.emit('jnz', fail)
  },
}

/** What a bound function does: the kernel at its data, with subnormals flushed meanwhile. */
const runKernel: Body = (asm, fail) => {
  number(asm, fail, 'uint32', 'first', 'b')
  asm.emit('vstmxcsr', local('c'))
  asm.emit('mov', r32.eax, local('c'))
  asm.emit('or', r32.eax, FLUSH)
  asm.emit('mov', local('d'), r32.eax)
  asm.emit('vldmxcsr', local('d'))
  asm.emit('mov', r64.rax, local('data'))
  asm.emit('mov', r64.rdi, mem({ base: r64.rax }))
  asm.emit('mov', r32.esi, local('b'))
  asm.emit('add', r64.rax, PIECE_HEADER)
  asm.emit('call', r64.rax)
  asm.emit('vldmxcsr', local('c'))
  asm.emit('xor', r32.eax, r32.eax)
  asm.emit('mov', local('a'), r64.rax)
}

function systemCall(asm: Assembler, call: number): void {
  asm.emit('mov', r32.eax, call)
  asm.emit('syscall')
}
