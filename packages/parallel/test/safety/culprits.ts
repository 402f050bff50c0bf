// Machine code that breaks one promise of a kernel at a time, and a kernel that takes all that it may.
import type { KernelFunction } from '@weft/core'
import { tileConfig } from '../../../core/src/isa/matrix-unit.ts'
import type { Assembler } from '../../../core/src/isa/x64/assembler.ts'
import { mem, r64, ymm } from '../../../core/src/isa/x64/operands.ts'
import type { Addon } from '../../src/native/addon.ts'
import { placePiece } from './piece.ts'
import type { GuardedCall } from './sentinels.ts'

/** General registers of a machine, of which no kernel needs as many so far. */
const INTS = 13

export const everyRegister: KernelFunction = {
  name: 'every-register',
  words: 0,
  touches: () => [],
  emit(m) {
    for (let n = 0; n < m.traits.registers; n++) m.constant(m.vec(), n / 4)
    for (let n = 0; n < INTS; n++) m.number(n)
  },
}

/** Bytes from the sentinels' block to what describes tiles, which the culprit that leaves them in use reads. */
const CONFIG_BEHIND = 1024

/** Pieces that each break one promise: what the sentinels say of them. */
export function culprits(
  addon: Addon,
  memory: WebAssembly.Memory,
  call: GuardedCall,
  args: number,
  tiles: boolean,
): Record<string, string | null> {
  const breaking: Record<string, (asm: Assembler) => void> = {
    nothing: () => {},
    rsp(asm) {
      asm.emit('pop', r64.rcx)
      asm.emit('sub', r64.rsp, 8)
      asm.emit('push', r64.rcx)
    },
    mxcsr(asm) {
      asm.emit('sub', r64.rsp, 8)
      asm.emit('mov', mem({ base: r64.rsp, bits: 32 }), 0x1f80)
      asm.emit('vldmxcsr', mem({ base: r64.rsp }))
      asm.emit('add', r64.rsp, 8)
    },
    direction: (asm) => asm.data(Uint8Array.of(0xfd)), // std
    upper: (asm) => asm.emit('vbroadcastss', ymm(7), mem({ base: r64.rdi, index: r64.rsi })),
  }
  for (const name of ['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'] as const) breaking[name] = (asm) => asm.emit('add', r64[name], 1)
  if (tiles) {
    new Int32Array(memory.buffer, args + CONFIG_BEHIND, tileConfig().length).set(tileConfig())
    breaking.tiles = (asm) => asm.emit('ldtilecfg', mem({ base: r64.rdi, index: r64.rsi, disp: CONFIG_BEHIND }))
  }
  const said = Object.entries(breaking).map(([name, body]) => {
    const { address } = placePiece(addon, memory, (asm) => {
      if (name !== 'upper') asm.emit('vzeroupper')
      body(asm)
      asm.emit('ret')
    })
    return [name, call(address, args)]
  })
  return Object.fromEntries(said)
}
