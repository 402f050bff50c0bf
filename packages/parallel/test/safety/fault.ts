// A memory fault told in words: a signal handler, made by the tests, that writes down where it happened and ends the process.
import { mem, r32, r64, ripLabel } from '../../../core/src/isa/x64/operands.ts'
import type { Addon } from '../../src/native/addon.ts'
import type { Region } from './guarded.ts'
import { baseOf, placePiece, setRegister } from './piece.ts'

/** The file descriptor that a fault is written to, and how the process ends then. */
export const FAULT_PIPE = 3
export const FAULT_EXIT = 86

const [SYS_WRITE, SYS_SIGACTION, SYS_EXIT_GROUP, SIGSEGV] = [1, 13, 231, 11]
/** Three arguments, a restorer (which is never reached), a stack of its own where there is one. */
const FLAGS = 0x4 | 0x04000000 | 0x08000000
/** Of siginfo: the address. Of ucontext: the instruction, and the processor's error code, whose bit 1 says that it was a write. */
const [ADDRESS, INSTRUCTION, ERROR, WRITING] = [16, 168, 192, 2n]

/** No function has more bytes. */
const LONGEST = 65536

/** From here on a fault ends the process; faults of V8's WebAssembly too, which it would otherwise turn into errors. */
export function tellFaults(addon: Addon, memory: WebAssembly.Memory): void {
  const { call } = placePiece(addon, memory, (asm) => {
    const handler = asm.label()
    asm.emit('sub', r64.rsp, 40)
    asm.emit('lea', r64.rax, ripLabel(handler))
    asm.emit('mov', mem({ base: r64.rsp }), r64.rax)
    asm.emit('mov', mem({ base: r64.rsp, disp: 16 }), r64.rax)
    setRegister(asm, 'rax', FLAGS)
    asm.emit('mov', mem({ base: r64.rsp, disp: 8 }), r64.rax)
    asm.emit('mov', mem({ base: r64.rsp, disp: 24, bits: 64 }), 0)
    asm.emit('mov', r32.edi, SIGSEGV)
    asm.emit('mov', r64.rsi, r64.rsp)
    asm.emit('xor', r32.edx, r32.edx)
    asm.emit('mov', r32.r10d, 8)
    asm.emit('mov', r32.eax, SYS_SIGACTION)
    asm.emit('syscall')
    asm.emit('add', r64.rsp, 40)
    asm.emit('ret')
    asm.bind(handler)
    asm.emit('mov', r64.rax, mem({ base: r64.rsi, disp: ADDRESS }))
    setRegister(asm, 'rcx', baseOf(addon, memory))
    asm.emit('sub', r64.rax, r64.rcx)
    asm.emit('push', r64.rax)
    asm.emit('mov', r64.rax, mem({ base: r64.rdx, disp: INSTRUCTION }))
    asm.emit('push', r64.rax)
    asm.emit('mov', r64.rax, mem({ base: r64.rdx, disp: ERROR }))
    asm.emit('push', r64.rax)
    asm.emit('mov', r32.edi, FAULT_PIPE)
    asm.emit('mov', r64.rsi, r64.rsp)
    asm.emit('mov', r32.edx, 24)
    asm.emit('mov', r32.eax, SYS_WRITE)
    asm.emit('syscall')
    asm.emit('mov', r32.edi, FAULT_EXIT)
    asm.emit('mov', r32.eax, SYS_EXIT_GROUP)
    asm.emit('syscall')
  })
  call(0)
}

/** What the child knew when it ended: where operands lay and functions began. */
export interface Scene {
  readonly regions: readonly Region[]
  readonly functions: Readonly<Record<string, number | null>>
}

/** One sentence: what was done, where in memory, where in the code. */
export function tellFault(written: Buffer, { regions, functions }: Scene): string {
  const error = written.readBigUInt64LE(0)
  const instruction = Number(written.readBigUInt64LE(8))
  const offset = Number(written.readBigInt64LE(16))
  const verb = (error & WRITING) === 0n ? 'read' : 'wrote'
  const [name, start] = Object.entries(functions)
    .map(([name, at]) => [name, at ?? 0] as const)
    .filter(([, at]) => at <= instruction && instruction < at + LONGEST)
    .reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['code that is no kernel', 0])
  const where = start === 0 ? name : `${name}+0x${(instruction - start).toString(16)}`
  return `${where} ${verb} ${place(offset, regions)}`
}

function place(offset: number, regions: readonly Region[]): string {
  // Pointers have 32 bits: past the last byte of the memory comes the first.
  const around = (distance: number) => ((distance % 2 ** 32) + 2 ** 32) % 2 ** 32
  const distances = regions
    .filter(({ bytes }) => bytes > 0)
    .map(({ operand, at, bytes }) => {
      const [before, past] = [around(at - offset), around(offset - at - bytes)]
      if (offset >= at && offset < at + bytes)
        return { distance: 0, text: `byte ${offset - at} of ${operand} (${bytes} bytes), which must not be` }
      if (before < past) return { distance: before, text: `${before} bytes before ${operand} (${bytes} bytes)` }
      return { distance: past, text: `${past} bytes past the end of ${operand} (${bytes} bytes)` }
    })
  return distances.reduce((best, next) => (next.distance < best.distance ? next : best)).text
}
