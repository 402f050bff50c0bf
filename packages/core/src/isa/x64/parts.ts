// Some lanes of a ymm register moved to and from memory without masks: by quarters of a zmm register and single floats.
import type { Assembler } from './assembler.ts'
import { type Memory, xmm, ymm } from './operands.ts'

/** The place of a lane. */
type Lane = (lane: number) => Memory

/** The first `count` floats, 1 to 8, and 0 behind them. Registers by number. */
export function loadFirst(asm: Assembler, to: number, spare: number, memory: Lane, count: number): void {
  loadQuarter(asm, to, memory, 0, Math.min(count, 4))
  if (count <= 4) return
  loadQuarter(asm, spare, memory, 4, count - 4)
  asm.emit('vinsertf128', ymm(to), ymm(to), xmm(spare), 1)
}

/** What is loaded into an xmm register zeroes the rest of the ymm register. */
function loadQuarter(asm: Assembler, to: number, memory: Lane, lane: number, count: number): void {
  if (count === 4) asm.emit('vmovups', xmm(to), memory(lane))
  else if (count === 1) asm.emit('vmovss', xmm(to), memory(lane))
  else asm.emit('vmovq', xmm(to), memory(lane))
  if (count === 3) asm.emit('vinsertps', xmm(to), xmm(to), memory(lane + 2), 0x20)
}

/** The first `count` lanes, 1 to 8. */
export function storeFirst(asm: Assembler, memory: Lane, from: number, spare: number, count: number): void {
  storeQuarter(asm, memory, 0, from, Math.min(count, 4))
  if (count <= 4) return
  asm.emit('vextractf128', xmm(spare), ymm(from), 1)
  storeQuarter(asm, memory, 4, spare, count - 4)
}

function storeQuarter(asm: Assembler, memory: Lane, lane: number, from: number, count: number): void {
  if (count === 4) asm.emit('vmovups', memory(lane), xmm(from))
  else if (count === 1) asm.emit('vmovss', memory(lane), xmm(from))
  else asm.emit('vmovq', memory(lane), xmm(from))
  if (count === 3) asm.emit('vextractps', memory(lane + 2), xmm(from), 2)
}
