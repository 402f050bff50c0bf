// Calling a kernel with known values in every register that it must give back, and looking at them afterwards.
import { PIECE_HEADER } from '@weft/core'
import { mem, r32, r64, ymm } from '../../../core/src/isa/x64/operands.ts'
import type { Addon } from '../../src/native/addon.ts'
import { baseOf, placePiece, setRegister } from './piece.ts'

const SAVED = ['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'] as const
/** The block that caller and code share: what is called, with what; then what was there afterwards. */
const BLOCK = {
  target: 0,
  args: 8,
  csr: 12,
  ownCsr: 16,
  stack: 24,
  after: 32,
  afterCsr: 88,
  afterFlags: 96,
  inUse: 104,
  vectors: 128,
} as const
const BLOCK_BYTES = BLOCK.vectors + 16 * 32
/** Subnormals flushed, everything else as usual: what a bound function sets. */
const CSR = 0x9fc0
/** The six lowest bits say what has happened, not what is to happen: arithmetic may set them. */
const CSR_CONTROL = 0xffc0
/** Direction, trap, alignment check: the flags that outlive a call. */
const FLAGS = { direction: 1 << 10, trap: 1 << 8, alignment: 1 << 18 } as const
/** What XGETBV is asked for: components of state that are not in their first form (Intel SDM volume 1, 13.3); those of tiles. */
const [STATE_IN_USE, TILE_STATE] = [1, 0x60000]
const sentinel = (index: number): bigint => 0x5afe_0000_c0de_0000n + BigInt(index)

/** Calls machine code at an address as a bound function would; what it did not give back, in words, or null. */
export type GuardedCall = (address: number, args: number) => string | null

/**
 * @param block where in the memory the block may lie, a multiple of 64
 * @param tiles whether the machine has tiles, which must be given back too: a switch of threads would save them from then on
 */
export function guardCalls(addon: Addon, memory: WebAssembly.Memory, block: number, tiles: boolean): GuardedCall {
  const address = baseOf(addon, memory) + block
  const at = (field: keyof typeof BLOCK, more = 0) => mem({ base: r64.rax, disp: BLOCK[field] + more })
  const { call } = placePiece(addon, memory, (asm) => {
    for (const name of SAVED) asm.emit('push', r64[name])
    asm.emit('sub', r64.rsp, 8)
    setRegister(asm, 'rax', address)
    asm.emit('vstmxcsr', at('ownCsr'))
    asm.emit('vldmxcsr', at('csr'))
    SAVED.forEach((name, index) => setRegister(asm, name, sentinel(index)))
    for (let n = 0; n < 16; n++) asm.emit('vbroadcastss', ymm(n), at('csr'))
    asm.emit('mov', at('stack'), r64.rsp)
    asm.emit('mov', r32.esi, at('args'))
    asm.emit('mov', r64.rax, at('target'))
    asm.emit('call', r64.rax)
    setRegister(asm, 'rax', address)
    asm.emit('mov', at('after'), r64.rsp)
    SAVED.forEach((name, index) => asm.emit('mov', at('after', 8 * (index + 1)), r64[name]))
    asm.emit('vstmxcsr', at('afterCsr'))
    for (let n = 0; n < 16; n++) asm.emit('vmovups', at('vectors', 32 * n), ymm(n))
    if (tiles) {
      asm.emit('mov', r64.r8, r64.rax)
      asm.emit('mov', r32.ecx, STATE_IN_USE)
      asm.emit('xgetbv')
      asm.emit('tilerelease')
      asm.emit('mov', mem({ base: r64.r8, disp: BLOCK.inUse }), r32.eax)
      asm.emit('mov', r64.rax, r64.r8)
    }
    asm.emit('mov', r64.rsp, at('stack'))
    asm.data(Uint8Array.of(0x9c)) // pushfq
    asm.emit('pop', r64.rcx)
    asm.emit('mov', at('afterFlags'), r64.rcx)
    asm.data(Uint8Array.of(0xfc)) // cld
    asm.emit('vldmxcsr', at('ownCsr'))
    asm.emit('vzeroupper')
    asm.emit('add', r64.rsp, 8)
    for (const name of [...SAVED].reverse()) asm.emit('pop', r64[name])
    asm.emit('ret')
  })
  const view = new DataView(memory.buffer, block, BLOCK_BYTES)
  return (target, args) => {
    view.setBigUint64(BLOCK.target, BigInt(target + PIECE_HEADER), true)
    view.setUint32(BLOCK.args, args, true)
    view.setUint32(BLOCK.csr, CSR, true)
    call(0)
    return changed(view)
  }
}

function changed(view: DataView): string | null {
  const hex = (value: bigint | number) => `0x${value.toString(16)}`
  const word = (at: number) => view.getBigUint64(at, true)
  const stack = word(BLOCK.stack)
  if (word(BLOCK.after) !== stack) return `rsp is ${hex(word(BLOCK.after))} and was ${hex(stack)}`
  for (const [index, name] of SAVED.entries()) {
    const value = word(BLOCK.after + 8 * (index + 1))
    if (value !== sentinel(index)) return `${name} is ${hex(value)} and was ${hex(sentinel(index))}`
  }
  const csr = view.getUint32(BLOCK.afterCsr, true)
  if ((csr & CSR_CONTROL) !== (CSR & CSR_CONTROL)) return `MXCSR is ${hex(csr)} and was ${hex(CSR)}`
  const flags = Number(word(BLOCK.afterFlags) & 0xffffffn)
  for (const [name, bit] of Object.entries(FLAGS)) if ((flags & bit) !== 0) return `the ${name} flag is set`
  if ((view.getUint32(BLOCK.inUse, true) & TILE_STATE) !== 0) return 'tiles are left in use'
  for (let n = 0; n < 16; n++) {
    const at = BLOCK.vectors + 32 * n + 16
    if (word(at) !== 0n || word(at + 8) !== 0n) return `the upper half of ymm${n} is left full: older code is slow after it`
  }
  return null
}
