// A memory in which nothing but the operands of one kernel exists: each lies flush against pages that cannot be touched.
import type { Bindings } from '@weft/core'
import { mem, r32, r64 } from '../../../core/src/isa/x64/operands.ts'
import type { Addon } from '../../src/native/addon.ts'
import type { Draw } from './cases.ts'
import { placePiece } from './piece.ts'

export const OPERANDS = ['x', 'y', 'residual', 'packed', 'shared', 'private'] as const
export type Operand = (typeof OPERANDS)[number]
export type Sizes = Readonly<Record<Operand, number>>
/** Which end of an operand touches the page that is not there. */
export type Flush = 'end' | 'begin'

export interface Region {
  readonly operand: Operand
  readonly at: number
  readonly bytes: number
  readonly page: number
  readonly pages: number
  /** Pages behind it that may be read, and hold nothing. */
  readonly behind: number
}

const PAGE = 4096
/** All that 32 bits reach: pointers near both ends and in the middle are as good as any. */
const PAGES = 2 ** 20
/** What the tests' own code talks through, far away from all operands. */
export const CONTROL = 2 ** 30
const [NONE, READ, READ_WRITE] = [0, 1, 3]
const [SYS_MPROTECT, CANARY] = [10, 0xc5]
/** A NaN that no kernel makes. */
export const STALE = 0x7fc0dead

export class GuardedMemory {
  readonly memory = new WebAssembly.Memory({ initial: PAGES / 16, maximum: PAGES / 16, shared: true })
  readonly bytes = new Uint8Array(this.memory.buffer)
  readonly #words = new Int32Array(this.memory.buffer)
  readonly #protect: (args: number) => void
  #regions: Region[] = []

  constructor(addon: Addon) {
    this.#protect = placePiece(addon, this.memory, (asm) => {
      asm.emit('lea', r64.r9, mem({ base: r64.rdi, index: r64.rsi }))
      asm.emit('mov', r32.eax, mem({ base: r64.r9 }))
      asm.emit('shl', r64.rax, 12)
      asm.emit('add', r64.rdi, r64.rax)
      asm.emit('mov', r32.esi, mem({ base: r64.r9, disp: 4 }))
      asm.emit('shl', r64.rsi, 12)
      asm.emit('mov', r32.edx, mem({ base: r64.r9, disp: 8 }))
      asm.emit('mov', r32.eax, SYS_MPROTECT)
      asm.emit('syscall')
      asm.emit('mov', mem({ base: r64.r9, disp: 12 }), r32.eax)
      asm.emit('ret')
    }).call
    this.#set(0, CONTROL / PAGE, NONE)
    this.#set(CONTROL / PAGE + 1, PAGES - CONTROL / PAGE - 1, NONE)
  }

  get regions(): readonly Region[] {
    return this.#regions
  }

  /**
   * Gives the operands of the last run back and makes room for others: their order, distance and part of the memory vary.
   * @param ahead bytes behind the weights that code may read, as where it has nothing but loads to ask for them ahead of their use
   */
  place(sizes: Sizes, flush: Flush, pick: Draw, ahead: number): Omit<Bindings, 'staged'> {
    for (const { page, pages, behind } of this.#regions) this.#set(page, pages + behind, NONE)
    const order: Operand[] = [...OPERANDS]
    for (let last = order.length - 1; last > 0; last--) {
      const other = pick(0, last)
      ;[order[last], order[other]] = [order[other], order[last]]
    }
    const gap = [1, 17, 300][pick(0, 2)]
    const pagesOf = (operand: Operand) => Math.ceil(sizes[operand] / PAGE)
    const behindOf = (operand: Operand) => (operand === 'packed' ? ahead / PAGE : 0)
    const total = order.reduce((sum, operand) => sum + pagesOf(operand) + behindOf(operand) + gap, -gap)
    // At the lowest page but one, across the middle, or up to the very end.
    let page = [1, PAGES / 2 - Math.floor(total / 2), PAGES - total][pick(0, 2)]
    this.#regions = order.map((operand) => {
      const [pages, behind] = [pagesOf(operand), behindOf(operand)]
      const bytes = sizes[operand]
      const at = flush === 'begin' ? page * PAGE : (page + pages) * PAGE - bytes
      const region = { operand, at, bytes, page, pages, behind }
      page += pages + behind + gap
      return region
    })
    for (const region of this.#regions) this.#fill(region)
    const at = Object.fromEntries(this.#regions.map((region) => [region.operand, region.at]))
    return at as unknown as Omit<Bindings, 'staged'>
  }

  /** Lets an operand be written to, or only be read. */
  allow(operand: Operand, how: 'read' | 'write'): void {
    const region = this.#regions.find((candidate) => candidate.operand === operand)
    if (region !== undefined) this.#set(region.page, region.pages, how === 'read' ? READ : READ_WRITE)
  }

  /** The first byte beside an operand, within its pages, that was written to; null where there is none. */
  strayByte(): string | null {
    for (const { operand, at, bytes, page, pages } of this.#regions) {
      for (const [from, to] of [
        [page * PAGE, at],
        [at + bytes, (page + pages) * PAGE],
      ]) {
        const stray = this.bytes.subarray(from, to).findIndex((byte) => byte !== CANARY)
        if (stray >= 0) return `byte ${from + stray - at} of ${operand} (${bytes} bytes) was written to`
      }
    }
    return null
  }

  #fill({ at, bytes, page, pages, behind }: Region): void {
    this.#set(page + pages, behind, READ)
    if (pages === 0) return
    this.#set(page, pages, READ_WRITE)
    this.bytes.fill(CANARY, page * PAGE, (page + pages) * PAGE)
    if (at % 4 === 0) this.#words.fill(STALE, at / 4, (at + bytes) / 4)
  }

  #set(page: number, pages: number, rights: number): void {
    if (pages === 0) return
    const at = CONTROL / 4
    this.#words.set([page, pages, rights, -1], at)
    this.#protect(CONTROL)
    if (this.#words[at + 3] !== 0) throw new Error(`mprotect of ${pages} pages gives errno ${-this.#words[at + 3]}`)
  }
}
