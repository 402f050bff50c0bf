// What JavaScript calls of the native object: what the processor says, system calls, and kernels.
import type { Assembler } from './assembler.ts'
import { type Body, bytesOf, local, number, range, result } from './callback.ts'
import { mem, r32, r64, ripLabel, ripSymbol } from './operands.ts'
import { PIECE_HEADER } from './piece.ts'

/** Flush subnormal results to zero, and take subnormal operands as zero. */
const FLUSH = 0x8040
const [SYS_MMAP, SYS_MPROTECT, SYS_MUNMAP, SYS_MADVISE, SYS_ARCH_PRCTL] = [9, 10, 11, 28, 158]
const [READ_WRITE, READ_EXECUTE, PRIVATE_ANONYMOUS] = [3, 5, 0x22]
/** MADV_HUGEPAGE. */
const HUGE_PAGES = 14
/** ARCH_REQ_XCOMP_PERM, and XFEATURE_XTILEDATA that it asks for: every thread of the process has it then. */
const [ASK_FOR_STATE, TILE_DATA] = [0x1023, 18]

export const ENTRIES: Readonly<Record<string, Body>> = {
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
export const runKernel: Body = (asm, fail) => {
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
